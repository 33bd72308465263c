package dev.slipway.objects;

import dev.slipway.core.Secret;
import java.util.regex.Pattern;

/// Who asks a store, and how it proves that.
///
/// @param id by which the store knows it
public record StoreKey(String id, Secret secret) {
  private static final Pattern PRINTED = Pattern.compile("[!-~]{1,256}");

  /// Requires both to be words that fit into a file of settings.
  public StoreKey {
    if (!PRINTED.matcher(id).matches() || !PRINTED.matcher(secret.reveal()).matches()) {
      throw StorePlace.refused(
          "That is no key of a store",
          "it has an id and a secret, each of up to 256 letters, digits and signs",
          "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or type both when asked.");
    }
  }
}
