package dev.slipway.api;

import dev.slipway.core.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the API key from an `Authorization` header: `Bearer KEY`, or Basic with the key as
/// password under any user name.
final class Credentials {
  private static final String BEARER = "bearer ";
  private static final String BASIC = "basic ";

  private Credentials() {}

  static Optional<Secret> key(@Nullable String header) {
    if (header == null) {
      return Optional.empty();
    }
    var scheme = header.toLowerCase(Locale.ROOT);
    if (scheme.startsWith(BEARER)) {
      return Optional.of(new Secret(header.substring(BEARER.length()).strip()));
    }
    return scheme.startsWith(BASIC)
        ? password(header.substring(BASIC.length()).strip())
        : Optional.empty();
  }

  private static Optional<Secret> password(String encoded) {
    try {
      var pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      var colon = pair.indexOf(':');
      return colon < 0 ? Optional.empty() : Optional.of(new Secret(pair.substring(colon + 1)));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
