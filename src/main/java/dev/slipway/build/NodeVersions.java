package dev.slipway.build;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.semver4j.Semver;
import org.semver4j.range.RangeListFactory;

/// Picks the exact versions of Node and npm that an app asks for, from those published.
final class NodeVersions {
  /// What an app gets that asks for nothing: the current long-term support release.
  static final String CURRENT_LTS = "24.x";

  private final Supplier<Published> published;

  /// The versions that npm's registry has.
  ///
  /// @param node of Node, for this machine's processor
  /// @param npm of npm
  record Published(List<String> node, List<String> npm) {
    Published {
      node = List.copyOf(node);
      npm = List.copyOf(npm);
    }
  }

  /// Asks the supplier at each choice; it may remember its answer.
  NodeVersions(Supplier<Published> published) {
    this.published = published;
  }

  /// The newest versions in the ranges.
  ///
  /// @param node `engines.node`, or null
  /// @param npm `engines.npm`, or null for one that goes with that Node
  /// @throws UserError when none is in a range
  NodeImage choose(@Nullable String node, @Nullable String npm, boolean compiler) {
    var known = published.get();
    var wanted = node == null || node.isBlank() ? CURRENT_LTS : node;
    var chosen = newest("node", known.node(), wanted);
    var npmWanted = npm == null || npm.isBlank() ? npmFor(chosen) : npm;
    var chosenNpm = newest("npm", known.npm(), npmWanted);
    return new NodeImage(chosen.getVersion(), chosenNpm.getVersion(), compiler);
  }

  /// The npm that Node's own distribution of that version brings, or nearly.
  private static String npmFor(Semver node) {
    if (node.satisfies(">=24")) {
      return "11.x";
    }
    if (node.satisfies(">=18.17")) {
      return "10.x";
    }
    return node.satisfies(">=14.17") ? "8.x" : "6.x";
  }

  private static Semver newest(String what, List<String> versions, String range) {
    var ranges =
        range.equals("*") || range.equals("latest")
            ? RangeListFactory.create("*")
            : RangeListFactory.create(range.strip());
    return versions.stream()
        .map(Semver::parse)
        .flatMap(version -> Optional.ofNullable(version).stream())
        .filter(version -> version.getPreRelease().isEmpty())
        .filter(version -> version.satisfies(ranges))
        .max(Comparator.naturalOrder())
        .orElseThrow(() -> none(what, range));
  }

  private static UserError none(String what, String range) {
    return new UserError(
        new Problem(
            ErrorCode.FAILED,
            "No version of " + what + " is in the range '" + range + "'",
            "package.json asks for it under engines." + what,
            "Ask for a version that is published, such as \"24.x\""));
  }
}
