package dev.slipway.api;

import dev.slipway.core.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads an `Authorization` header: `Bearer TOKEN`, or Basic with the token as password under any
/// user name, or with an address and its password.
final class Credentials {
  private static final String BEARER = "bearer ";
  private static final String BASIC = "basic ";

  /// What Basic carries.
  record Pair(String user, Secret password) {}

  private Credentials() {}

  static Optional<Secret> key(@Nullable String header) {
    if (header == null) {
      return Optional.empty();
    }
    var scheme = header.toLowerCase(Locale.ROOT);
    if (scheme.startsWith(BEARER)) {
      return Optional.of(new Secret(header.substring(BEARER.length()).strip()));
    }
    return pair(header).map(Pair::password);
  }

  static Optional<Pair> pair(@Nullable String header) {
    return header != null && header.toLowerCase(Locale.ROOT).startsWith(BASIC)
        ? decode(header.substring(BASIC.length()).strip())
        : Optional.empty();
  }

  private static Optional<Pair> decode(String encoded) {
    try {
      var text = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      var colon = text.indexOf(':');
      return colon < 0
          ? Optional.empty()
          : Optional.of(new Pair(text.substring(0, colon), new Secret(text.substring(colon + 1))));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
