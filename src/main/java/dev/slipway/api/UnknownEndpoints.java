package dev.slipway.api;

import io.javalin.http.Context;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Endpoints that clients ask for and that are not here: each is logged once per client program, so
/// that gaps show and a client that asks for ever fills no log. Thread-safe.
final class UnknownEndpoints {
  private static final Logger LOG = System.getLogger(UnknownEndpoints.class.getName());
  private static final int MOST_REMEMBERED = 1000;
  private static final int LONGEST = 100;

  private final Set<String> seen = ConcurrentHashMap.newKeySet();

  /// Notes a request that no endpoint took.
  ///
  /// @return whether it was logged
  boolean note(Context http) {
    var client = Optional.ofNullable(http.userAgent()).orElse("a client without a name");
    var line =
        http.method() + " " + printable(pattern(http.path())) + ", asked by " + printable(client);
    var isNew = seen.size() < MOST_REMEMBERED && seen.add(line);
    if (isNew) {
      LOG.log(Level.INFO, "unknown endpoint: " + line);
    }
    return isNew;
  }

  /// The path without what differs from app to app.
  private static String pattern(String path) {
    return path.replaceFirst("^/apps/[^/]+", "/apps/{app}")
        .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "{id}");
  }

  /// What a client sends can't forge lines of a log.
  private static String printable(String text) {
    return text.substring(0, Math.min(LONGEST, text.length())).replaceAll("[^\\x20-\\x7e]", "?");
  }
}
