package dev.slipway.faults;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/// A client in the dynos' network that writes row after row into the table `kept`, each when the
/// one before was acknowledged, by one connection for as long as that lasts.
final class SteadyWrites implements AutoCloseable {
  private static final String LOOP =
      """
      rows() {
        while echo "INSERT INTO kept VALUES ($(date +%s%N)) RETURNING 'ack ' || x;"; do :; done
      }
      while :; do
        rows 2>/dev/null | psql "$0" -qAt --set=ON_ERROR_STOP=1 2>&1
        echo "connection lost"
      done
      """;

  /// A connection that leads to a dead host is given up soon.
  private static final String PATIENCE =
      "?connect_timeout=3&tcp_user_timeout=5000&keepalives_idle=2&keepalives_interval=1";

  private final String container =
      "slipway-test-writes-" + UUID.randomUUID().toString().substring(0, 8);

  /// A row, and when its acknowledgement came.
  private record Acknowledged(Instant at, long row) {}

  private SteadyWrites() {}

  /// Begins.
  static SteadyWrites to(String url) {
    var writes = new SteadyWrites();
    Host.docker(
        "run",
        "-d",
        "--name",
        writes.container,
        "--label",
        "slipway.test",
        "--network",
        "slipway-dynos",
        "--entrypoint",
        "sh",
        "slipway-pgbouncer",
        "-c",
        LOOP,
        url + PATIENCE);
    return writes;
  }

  private List<String> lines() {
    return Host.docker("logs", "--timestamps", container).lines().toList();
  }

  private List<Acknowledged> acknowledged() {
    var all = new ArrayList<Acknowledged>();
    for (var line : lines()) {
      var words = line.split(" ", -1);
      if (words.length == 3 && words[1].equals("ack")) {
        all.add(new Acknowledged(Instant.parse(words[0]), Long.parseLong(words[2])));
      }
    }
    return all;
  }

  int count() {
    return acknowledged().size();
  }

  /// Stops; what was acknowledged can be asked for from then on.
  void end() {
    Host.docker("stop", "-t", "0", container);
  }

  Set<Long> rows() {
    var rows = new TreeSet<Long>();
    acknowledged().forEach(each -> rows.add(each.row()));
    return rows;
  }

  /// How often the connection was lost.
  long lost() {
    return lines().stream().filter(line -> line.endsWith("connection lost")).count();
  }

  /// The longest time between two acknowledgements.
  Duration longestPause() {
    var longest = Duration.ZERO;
    Instant before = null;
    for (var each : acknowledged()) {
      var pause = before == null ? Duration.ZERO : Duration.between(before, each.at());
      longest = pause.compareTo(longest) > 0 ? pause : longest;
      before = each.at();
    }
    return longest;
  }

  @Override
  public void close() {
    Host.docker("rm", "-f", container);
  }
}
