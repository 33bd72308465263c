package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.SwarmNodes.Node;
import java.nio.file.Path;
import java.util.List;

/// What databases keep on a host's disk: it stays there, and would be lost with the host.
///
/// @param directory of what is kept of hosts
record HostData(Path directory) {
  /// Those too that were destroyed, and are kept for some days.
  private static final String LIST =
      """
      for kind in postgres redis; do
        [ ! -d /var/lib/slipway/$kind ] ||
          find /var/lib/slipway/$kind -mindepth 1 -maxdepth 1 -type d || exit 1
      done
      """;

  /// @param node one that answers
  /// @throws UserError where there are any, or the host can't be looked at
  void requireNone(String name, Node node) {
    var url = node.labels().get(Hosts.SSH);
    if (url == null) {
      return;
    }
    var found = found(name, url);
    if (found > 0) {
      throw new UserError(
          new Problem(
              ErrorCode.CONFLICT,
              name + " has the data of " + found + (found == 1 ? " database" : " databases"),
              "it would be lost with the host, and that of destroyed ones counts for seven days",
              "heroku addons lists them; ./slipway pg destroyed and ./slipway redis destroyed those"
                  + " that are kept; ./slipway pg erase NAME or ./slipway redis erase NAME gives one"
                  + " up"));
    }
  }

  private long found(String name, String url) {
    try (var host = HostConnection.open(List.of("ssh"), RemoteHost.of(url), directory, false)) {
      return count(name, host.run(LIST, _ -> {}));
    }
  }

  /// A host that could not be looked at may have any number of them.
  static long count(String name, Commands.Ended looked) {
    if (looked.status() != 0) {
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              "Nobody can tell whether " + name + " has data of databases",
              looked.tail(),
              "Look at /var/lib/slipway/postgres and /var/lib/slipway/redis there."));
    }
    return looked.lines().stream().filter(line -> line.startsWith("/")).count();
  }
}
