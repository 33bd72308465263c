package dev.slipway.postgres;

import dev.slipway.core.Secret;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// What a dyno is told where there is no host but its own. TLS to the pooler guards nothing there,
/// and an app that makes a connection for each request spends most of the request on it.
public final class OnlyHost {
  /// Read by libpq, by all that is made after it, and by the clients of Node.js.
  static final String MODE = "PGSSLMODE";

  /// By which an app says itself what it wants, or libpq finds a database without a URL.
  private static final Set<String> SAID = Set.of(MODE, "PGHOST", "PGHOSTADDR", "PGSERVICE");

  /// URLs of all dialects, and libpq's own words.
  private static final Pattern DATABASE =
      Pattern.compile("(?is).*(post(gres|gis)[^/]*://|\\b(host|hostaddr|service)\\s*=).*");

  private static final Pattern OURS =
      Pattern.compile("(?s)postgres://[^/@]*@slipway-(pgbouncer|postgres)-[^/@?#]*/[^/@?#]*");

  private OnlyHost() {}

  /// The environment, with TLS left out unless the app says itself what it wants, or knows of a
  /// database that is elsewhere: the mode is for all that it connects to.
  public static SortedMap<String, Secret> environment(SortedMap<String, Secret> environment) {
    var databases =
        environment.values().stream()
            .map(Secret::reveal)
            .filter(value -> DATABASE.matcher(value).matches())
            .toList();
    if (!Collections.disjoint(environment.keySet(), SAID)
        || databases.isEmpty()
        || !databases.stream().allMatch(url -> OURS.matcher(url).matches())) {
      return environment;
    }
    var told = new TreeMap<>(environment);
    told.put(MODE, new Secret("disable"));
    return told;
  }
}
