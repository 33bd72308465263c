package dev.slipway.hosted;

import dev.slipway.core.AccountId;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What an add-on has on a host's disk. It outlives the add-on: once that is destroyed, the data is
/// kept for a while.
public interface Hosted {
  /// How long that is.
  Duration KEPT_FOR = Duration.ofDays(7);

  /// Its own, and not the add-on's.
  UUID id();

  /// What its add-on is called, or was.
  String name();

  /// Who had it made.
  AccountId owner();

  /// When its add-on was destroyed, or null.
  @Nullable Instant destroyedAt();

  /// Whether its add-on is destroyed.
  default boolean isKept() {
    return destroyedAt() != null;
  }

  /// When the data is deleted; far off while there is an add-on.
  default Instant keptUntil() {
    var since = destroyedAt();
    return since == null ? Instant.MAX : since.plus(KEPT_FOR);
  }

  /// Whether that time has come: what is being deleted can't be taken back.
  default boolean isOver(Instant now) {
    return !now.isBefore(keptUntil());
  }
}
