package dev.slipway.api;

import dev.slipway.api.model.Reference;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

/// The things of Heroku's of which there is one here: region, stack, generation.
final class Platform {
  /// When what there always was came to be.
  static final Instant SINCE = Instant.parse("2026-01-01T00:00:00Z");

  static final Reference REGION = named("region", "local");
  static final Reference STACK = named("stack", "container");
  static final Reference GENERATION = named("generation", "cedar");

  private Platform() {}

  /// An identity that is the same in every installation.
  static UUID id(String kind, String name) {
    return UUID.nameUUIDFromBytes((kind + ":" + name).getBytes(StandardCharsets.UTF_8));
  }

  static Reference named(String kind, String name) {
    return new Reference(id(kind, name), name);
  }

  /// Whether a client means the thing, by name or id.
  static boolean means(Reference thing, String nameOrId) {
    return thing.name().equals(nameOrId) || thing.id().toString().equals(nameOrId);
  }
}
