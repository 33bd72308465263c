package dev.slipway.webhooks;

import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One event on its way to one webhook.
///
/// @param attempts how often it was tried
/// @param nextAttemptAt when it is tried next, or null when it has ended
/// @param lastAttempt what the last try came to, or null before the first
public record Delivery(
    UUID id,
    long sequence,
    UUID webhook,
    Level level,
    UUID event,
    String include,
    Status status,
    int attempts,
    @Nullable Instant nextAttemptAt,
    @Nullable Attempt lastAttempt,
    Instant createdAt,
    Instant updatedAt) {
  /// How far it is.
  public enum Status {
    /// It waits for its first try.
    PENDING,
    /// It is being tried.
    SCHEDULED,
    /// It failed, and is tried again.
    RETRYING,
    /// It failed for good.
    FAILED,
    /// The receiver has it.
    SUCCEEDED;

    /// Heroku's word.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// One try.
  ///
  /// @param code the status of the answer, or null without one
  /// @param error one word for what went wrong, or null when nothing did
  public record Attempt(UUID id, @Nullable Integer code, @Nullable String error, Instant at) {
    /// Whether the receiver took it.
    public boolean succeeded() {
      return code != null && code / 100 == 2;
    }
  }
}
