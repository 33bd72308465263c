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
      "ls -d /var/lib/slipway/postgres/*/ /var/lib/slipway/redis/*/ 2>/dev/null || true";

  /// @throws UserError where there are any, or the host can't be looked at
  void requireNone(String name, Node node) {
    var url = node.labels().get(Hosts.SSH);
    if (!node.ready() || url == null) {
      return;
    }
    var found = found(url);
    if (found > 0) {
      throw new UserError(
          new Problem(
              ErrorCode.CONFLICT,
              name + " has the data of " + found + (found == 1 ? " database" : " databases"),
              "it would be lost with the host, and that of destroyed ones counts for seven days",
              "heroku addons lists them; ./slipway pg destroyed those that are kept, and"
                  + " ./slipway pg erase NAME gives one up"));
    }
  }

  private long found(String url) {
    try (var host = HostConnection.open(List.of("ssh"), RemoteHost.of(url), directory, false)) {
      return host.run(LIST, _ -> {}).lines().stream().filter(line -> line.startsWith("/")).count();
    }
  }
}
