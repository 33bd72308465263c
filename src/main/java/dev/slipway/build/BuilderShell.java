package dev.slipway.build;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.Containers;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs the commands of the builder's container (`images/builder/bin`). Thread-safe.
final class BuilderShell {
  private final Containers containers;
  private final String container;
  private final Lock lock = new ReentrantLock();
  private NodeVersions.@Nullable Published versions;
  private long versionsAt;

  BuilderShell(Containers containers, String container) {
    this.containers = containers;
    this.container = container;
  }

  /// Runs a command to its end.
  ///
  /// @return its exit status
  int run(List<String> command, InputStream input, Consumer<String> lines) {
    return containers.execute(container, command, input, lines);
  }

  /// Ends a build that runs; nothing happens when it does not.
  void cancel(String buildId) {
    run(List.of("builder-cancel", buildId), InputStream.nullInputStream(), _ -> {});
  }

  /// The versions of Node and npm there are; asked for again after ten minutes.
  NodeVersions.Published nodeVersions() {
    lock.lock();
    try {
      var known = versions;
      if (known == null || System.nanoTime() - versionsAt > 600_000_000_000L) {
        known = askForVersions();
        versions = known;
        versionsAt = System.nanoTime();
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  private NodeVersions.Published askForVersions() {
    var node = new ArrayList<String>();
    var npm = new ArrayList<String>();
    var said = new ArrayList<String>();
    var status =
        run(
            List.of("builder-node-versions"),
            InputStream.nullInputStream(),
            line -> {
              var words = line.split(" ", -1);
              switch (words.length == 2 ? words[0].toLowerCase(Locale.ROOT) : "") {
                case "node" -> node.add(words[1]);
                case "npm" -> npm.add(words[1]);
                default -> said.add(line);
              }
            });
    if (status != 0 || node.isEmpty()) {
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              "The versions of Node can't be found out",
              said.isEmpty() ? "the package registry does not answer" : said.getLast(),
              "Try again in a minute"));
    }
    return new NodeVersions.Published(node, npm);
  }
}
