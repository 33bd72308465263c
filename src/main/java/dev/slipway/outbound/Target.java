package dev.slipway.outbound;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where a user wants something sent. Printing it gives scheme, host and port only: what else a URL
/// has is often a secret.
public record Target(URI url) {
  private static final int LONGEST = 2000;

  private static final Map<String, Integer> PORTS =
      Map.of("https", 443, "http", 80, "syslog+tls", 6514, "syslog", 514);

  /// Reads a URL that a user typed.
  ///
  /// @param schemes those that can be used here, the best first
  /// @throws UserError invalid_params; it never repeats the URL
  public static Target parse(String text, List<String> schemes) {
    if (text.length() > LONGEST) {
      throw invalid("it has more than " + LONGEST + " characters", schemes);
    }
    try {
      var url = new URI(text);
      var scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
      if (!schemes.contains(scheme)) {
        throw invalid("it must begin with " + String.join(":// or ", schemes) + "://", schemes);
      }
      if (url.getHost() == null || url.getPort() == 0 || url.getPort() > 65_535) {
        throw invalid("it names no host, or no possible port", schemes);
      }
      if (url.getRawFragment() != null) {
        throw invalid("nothing after a # can be sent", schemes);
      }
      return new Target(url);
    } catch (URISyntaxException e) {
      throw invalid("it has a character that must be percent-encoded", schemes);
    }
  }

  /// The host name, or an address without brackets.
  public String host() {
    return url.getHost().replaceAll("[\\[\\]]", "");
  }

  /// The port, or that of the scheme.
  public int port() {
    return url.getPort() < 0 ? PORTS.getOrDefault(scheme(), 0) : url.getPort();
  }

  /// In lower case.
  public String scheme() {
    return url.getScheme().toLowerCase(Locale.ROOT);
  }

  /// Whether what is sent is encrypted on its way.
  public boolean encrypted() {
    return scheme().equals("https") || scheme().endsWith("+tls");
  }

  /// What the credentials of the URL are in an `Authorization` header.
  public Optional<String> authorization() {
    return Optional.ofNullable(url.getUserInfo())
        .map(user -> user.getBytes(StandardCharsets.UTF_8))
        .map(bytes -> "Basic " + Base64.getEncoder().encodeToString(bytes));
  }

  /// Path and query, as a request line has them.
  String path() {
    var path = url.getRawPath();
    var query = url.getRawQuery();
    return (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
  }

  @Override
  public String toString() {
    return scheme() + "://" + url.getHost() + ":" + port();
  }

  private static UserError invalid(String why, List<String> schemes) {
    return refused(
        "The URL can't be used", why, "Such as " + schemes.getFirst() + "://example.com");
  }

  static UserError refused(String what, String why, @Nullable String hint) {
    return new UserError(new Problem(ErrorCode.INVALID_PARAMS, what, why, hint));
  }
}
