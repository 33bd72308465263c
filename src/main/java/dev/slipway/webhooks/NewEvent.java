package dev.slipway.webhooks;

import dev.slipway.core.AppId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An event as it is told.
///
/// @param include its kind, such as `api:release`
/// @param resource Heroku's word for what it happened to, such as `release`
/// @param data that thing as the API shows it, a JSON object
/// @param previous the same before an update, or null
public record NewEvent(
    AppId app,
    String include,
    String action,
    String resource,
    Actor actor,
    String data,
    @Nullable String previous) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// Whose doing it was.
  public record Actor(UUID id, String email) {}

  /// What deliveries carry, but for what differs from one to the next.
  String payload(UUID id, long sequence, Instant now) {
    var payload = JSON.createObjectNode();
    payload.put("id", id.toString());
    payload.put("action", action);
    payload.putObject("actor").put("id", actor.id().toString()).put("email", actor.email());
    payload.put("created_at", now.toString());
    payload.set("data", JSON.readTree(data));
    payload.set("previous_data", changed());
    payload.put("published_at", now.toString());
    payload.put("resource", resource);
    payload.put("sequence", sequence);
    payload.put("updated_at", now.toString());
    payload.put("version", "application/vnd.heroku+json; version=3");
    return JSON.writeValueAsString(payload);
  }

  /// The properties that differ, as they were.
  private JsonNode changed() {
    var changed = JSON.createObjectNode();
    if (previous != null) {
      var now = JSON.readTree(data);
      JSON.readTree(previous)
          .properties()
          .forEach(was -> {
            if (!was.getValue().equals(now.get(was.getKey()))) {
              changed.set(was.getKey(), was.getValue());
            }
          });
    }
    return changed;
  }
}
