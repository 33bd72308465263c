package dev.slipway.postgres;

import dev.slipway.core.Secret;
import java.time.Instant;

/// A name and a password that a database lets in.
///
/// @param madeAt when it was made; the newest is the one that apps get
public record Login(String user, Secret password, Instant madeAt) {
  private static final int NAME_BYTES = 7;
  private static final int PASSWORD_BYTES = 32;

  /// A new one that nobody guesses.
  static Login create(Instant now) {
    return new Login("u" + Secret.random(NAME_BYTES).reveal(), Secret.random(PASSWORD_BYTES), now);
  }
}
