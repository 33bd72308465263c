package dev.slipway.webhooks;

import dev.slipway.core.AppId;
import dev.slipway.core.Secret;
import dev.slipway.outbound.Target;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Who is told what of an app.
///
/// @param include the kinds of event, such as `api:release`
/// @param secret signs each delivery
/// @param authorization sent as header with each delivery, or null
public record Webhook(
    UUID id,
    AppId app,
    Target target,
    List<String> include,
    Level level,
    Secret secret,
    @Nullable Secret authorization,
    Instant createdAt,
    Instant updatedAt) {
  /// Copies the list.
  public Webhook {
    include = List.copyOf(include);
  }

  boolean wants(String kind) {
    return include.contains(kind) || include.contains("api:" + kind);
  }
}
