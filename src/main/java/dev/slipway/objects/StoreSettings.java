package dev.slipway.objects;

import static java.util.Objects.requireNonNull;

import dev.slipway.core.Secret;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// All that is needed to use a store.
///
/// @param key null for the role that the machine itself has
/// @param authority certificates in PEM that the store's must be signed by, where no usual
///   authority signed it; null for the usual ones
public record StoreSettings(StorePlace place, @Nullable StoreKey key, @Nullable String authority) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// What a file that the owner alone reads keeps of it.
  public String written() {
    var object = JSON.createObjectNode();
    object.put("bucket", place.bucket());
    object.put("prefix", place.prefix());
    object.put("endpoint", place.endpoint().toString());
    object.put("region", place.region());
    if (key != null) {
      object.put("key_id", key.id());
      object.put("key_secret", key.secret().reveal());
    }
    if (authority != null) {
      object.put("authority", authority);
    }
    return object.toString();
  }

  /// What was written so.
  public static StoreSettings read(String written) {
    var object = JSON.readTree(written);
    return new StoreSettings(
        new StorePlace(
            text(object, "bucket"),
            text(object, "prefix"),
            URI.create(text(object, "endpoint")),
            text(object, "region")),
        object.has("key_id")
            ? new StoreKey(text(object, "key_id"), new Secret(text(object, "key_secret")))
            : null,
        object.has("authority") ? text(object, "authority") : null);
  }

  private static String text(JsonNode object, String name) {
    return requireNonNull(object.path(name).asString());
  }
}
