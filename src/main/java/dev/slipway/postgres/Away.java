package dev.slipway.postgres;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import org.jspecify.annotations.Nullable;

/// A database whose host can't be reached: what is away with it, and what brings it back.
///
/// @param why what is wrong with the host
/// @param store where its backups are, if not on that host
public record Away(Database database, String why, @Nullable String store) {
  /// What is on that host's disk.
  public String lost() {
    if (database.isOutside()) {
      return "the pooler; the database itself is elsewhere";
    }
    return store == null
        ? "its data, and its backups in " + DockerServers.repository(database)
        : "its data; what backups there are of it are in " + store;
  }

  /// What to do where the host comes back, and where it does not.
  public String next() {
    var standby = database.standby();
    if (standby != null && standby.stage() == Standby.Stage.FOLLOWING) {
      return "It is back with its host, by itself. Or its standby takes over, "
          + (standby.inStep() ? "without loss" : "which was behind")
          + ": ./slipway pg failover --confirm APP -a APP";
    }
    return "It is back with its host, by itself. Where that is gone for good: "
        + (database.isOutside()
            ? "destroy this add-on, and ./slipway pg attach the database again"
            : (store == null ? "copy those backups to another host, if there is a copy, and " : "")
                + "./slipway pg restore --at TIME --host OTHER makes the database of them there");
  }

  UserError problem() {
    return new UserError(
        new Problem(
            ErrorCode.UNAVAILABLE,
            database.name() + " is away, because " + why,
            "away with it is " + lost(),
            next()));
  }
}
