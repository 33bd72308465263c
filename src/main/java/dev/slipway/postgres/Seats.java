package dev.slipway.postgres;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Which of their addresses the parts of a database have. Each part has two, and changes them with
/// its host: one that comes back from a host that was lost does not meet the one that is in its
/// place.
///
/// @param server 0 or 1; a standby has the other one
/// @param pooler 0 or 1
/// @param poolerNode the node that has the pooler; null for the server's
/// @param since when the server came to its host; null where it was made there
public record Seats(int server, int pooler, @Nullable String poolerNode, @Nullable Instant since) {
  /// Those of a new database.
  public static final Seats FIRST = new Seats(0, 0, null, null);

  /// The standby's address.
  int standby() {
    return 1 - server;
  }

  /// As they are when the server is on another host.
  ///
  /// @param withPooler whether the pooler comes along, and does not stay where it is
  Seats takenOver(String from, String to, boolean withPooler, Instant now) {
    if (withPooler) {
      return new Seats(standby(), 1 - pooler, null, now);
    }
    var stays = poolerNode == null ? from : poolerNode;
    return new Seats(standby(), pooler, stays.equals(to) ? null : stays, now);
  }

  /// As they are when the pooler is beside the server again.
  Seats poolerMoved() {
    return new Seats(server, 1 - pooler, null, since);
  }
}
