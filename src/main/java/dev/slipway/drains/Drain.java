package dev.slipway.drains;

import dev.slipway.core.AppId;
import dev.slipway.outbound.Target;
import java.time.Instant;
import java.util.UUID;

/// Where an app's log lines are sent.
///
/// @param token `d.` and a UUID: names the drain in every line, so that its receiver can tell lines
///   of several apps apart
public record Drain(UUID id, AppId app, Target target, String token, Instant createdAt) {
  /// Whether the client means it, by URL, id or token.
  boolean isMeantBy(String key) {
    return key.equals(target.url().toString()) || key.equals(id.toString()) || key.equals(token);
  }
}
