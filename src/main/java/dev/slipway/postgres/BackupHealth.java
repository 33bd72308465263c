package dev.slipway.postgres;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Whether a database could be had back, by what became of its backups.
final class BackupHealth {
  private static final Duration DAY = Duration.ofHours(26);

  /// How old the last good drill may be.
  static final Duration DRILL_EACH = Duration.ofDays(7);

  private static final Duration DRILL_LATE = Duration.ofDays(8);

  private BackupHealth() {}

  /// What is wrong, or nothing.
  ///
  /// @param all the database's backups, oldest first
  static Optional<String> problem(
      Database database, BackupWish wish, List<Backup> all, Instant now) {
    var captures = all.stream().filter(each -> each.kind() == Backup.Kind.CAPTURE).toList();
    var ended =
        captures.stream()
            .filter(each -> each.state() != Backup.State.RUNNING)
            .filter(each -> each.state() != Backup.State.CANCELED)
            .toList();
    if (!ended.isEmpty() && ended.getLast().state() == Backup.State.FAILED) {
      var last = ended.getLast();
      return Optional.of("backup " + last.called() + " failed: " + last.problem());
    }
    if (wish.nightly() && isOld(newestWhole(captures), database, DAY, now)) {
      return Optional.of("there is no backup of the last 26 hours");
    }
    return drillProblem(database, captures, now);
  }

  private static Optional<String> drillProblem(
      Database database, List<Backup> captures, Instant now) {
    var drill = lastDrill(captures);
    if (drill.isPresent() && !drill.get().passed()) {
      return Optional.of("the last drill failed: " + drill.get().report().getLast());
    }
    return isOld(drill.map(Drill::at), database, DRILL_LATE, now)
        ? Optional.of("no backup was restored for a trial in the last eight days")
        : Optional.empty();
  }

  private static boolean isOld(
      Optional<Instant> last, Database database, Duration bound, Instant now) {
    return last.orElse(database.createdAt()).plus(bound).isBefore(now);
  }

  private static Optional<Instant> newestWhole(List<Backup> captures) {
    return captures.stream()
        .filter(Backup::isWhole)
        .map(Backup::createdAt)
        .reduce((_, later) -> later);
  }

  /// The drill that was made last, of whichever backup.
  static Optional<Drill> lastDrill(List<Backup> all) {
    return all.stream()
        .flatMap(each -> Optional.ofNullable(each.drill()).stream())
        .reduce((one, other) -> other.at().isBefore(one.at()) ? one : other);
  }
}
