package dev.slipway.rollout;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.ProcessType;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.release.ConfigVars;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How an app wants to be rolled out. Set by config vars, so that it is versioned with the release
/// and needs no file of its own.
///
/// @param bootLimit `SLIPWAY_BOOT_TIMEOUT`, seconds a new web dyno may take until it can be
///   reached; 60 by default, as on Heroku
/// @param drainLimit `SLIPWAY_DRAIN_TIMEOUT`, seconds an old dyno may take for its last requests;
///   30 by default
/// @param graces `SLIPWAY_STOP_TIMEOUT`, seconds between SIGTERM and SIGKILL, of all process types
///   or of some, such as `30,worker=120`; 30 by default
/// @param healthPath `SLIPWAY_HEALTH_PATH`, what readiness probes ask for; null for connecting only
/// @param singletons `SLIPWAY_SINGLETONS`, comma-separated process types that must never run twice:
///   the old one stops before the new one starts; `clock,scheduler` by default
/// @param pools `SLIPWAY_POOLS`, by process type the pool of hosts that its dynos run on, such as
///   `web=front,worker=batch`; a type that is not among them runs on any host
/// @param sessions `SLIPWAY_SESSION_POOLING`, comma-separated process types whose connections to
///   databases last for whole sessions, as LISTEN/NOTIFY and session locks need
/// @param pages `MAINTENANCE_PAGE_URL` and `ERROR_PAGE_URL`, as on Heroku: what the router shows in
///   a frame, under `maintenance` and `error`
public record AppSettings(
    Duration bootLimit,
    Duration drainLimit,
    Graces graces,
    @Nullable String healthPath,
    Set<ProcessType> singletons,
    Map<ProcessType, String> pools,
    Set<ProcessType> sessions,
    Map<String, String> pages) {
  private static final Pattern POOL =
      Pattern.compile("([A-Za-z0-9_-]{1,63})=([a-z0-9][a-z0-9-]{0,62})");
  private static final Pattern GRACE = Pattern.compile("(?:([A-Za-z0-9_-]{1,63})=)?([0-9]{1,6})");
  private static final String STOP_TIMEOUT = "SLIPWAY_STOP_TIMEOUT";
  private static final int LONGEST_SECONDS = 24 * 3600;

  /// Reads them from a release's config vars.
  ///
  /// @throws UserError when a value can't be used
  public static AppSettings of(ConfigVars config) {
    return new AppSettings(
        seconds(config, "SLIPWAY_BOOT_TIMEOUT", 60),
        seconds(config, "SLIPWAY_DRAIN_TIMEOUT", 30),
        graces(config),
        path(config),
        types(value(config, "SLIPWAY_SINGLETONS").orElse("clock,scheduler")),
        pools(config),
        types(value(config, "SLIPWAY_SESSION_POOLING").orElse("")),
        pages(config));
  }

  /// The same, or those by default: a release of an earlier version may have a value that is
  /// refused by now.
  static AppSettings usable(ConfigVars config) {
    try {
      return of(config);
    } catch (UserError refused) {
      return of(ConfigVars.NONE);
    }
  }

  private static Map<String, String> pages(ConfigVars config) {
    var pages = new TreeMap<String, String>();
    page(config, "MAINTENANCE_PAGE_URL").ifPresent(url -> pages.put("maintenance", url));
    page(config, "ERROR_PAGE_URL").ifPresent(url -> pages.put("error", url));
    return pages;
  }

  private static Optional<String> page(ConfigVars config, String name) {
    var url = value(config, name).map(String::trim).filter(text -> !text.isEmpty());
    if (url.isPresent() && !url.get().matches("(?i:https?:)?//[\\x21-\\x7e]{1,2000}")) {
      throw invalid(name, "it is an address, such as https://www.example.com/sorry.html");
    }
    return url;
  }

  private static Duration seconds(ConfigVars config, String name, int byDefault) {
    var text = value(config, name).orElse(Integer.toString(byDefault)).trim();
    return seconds(text)
        .orElseThrow(
            () -> invalid(name, "it is a number of seconds, " + LONGEST_SECONDS + " at the most"));
  }

  private static Optional<Duration> seconds(String text) {
    return text.matches("[1-9][0-9]{0,4}") && Integer.parseInt(text) <= LONGEST_SECONDS
        ? Optional.of(Duration.ofSeconds(Integer.parseInt(text)))
        : Optional.empty();
  }

  private static Graces graces(ConfigVars config) {
    var usual = Duration.ofSeconds(30);
    var ofTypes = new TreeMap<ProcessType, Duration>();
    for (var entry : value(config, STOP_TIMEOUT).orElse("30").split(",", -1)) {
      var parts = GRACE.matcher(entry.trim());
      if (!parts.matches()) {
        throw wrongGrace();
      }
      var grace = seconds(parts.group(2)).orElseThrow(AppSettings::wrongGrace);
      if (parts.group(1) == null) {
        usual = grace;
      } else {
        ofTypes.put(new ProcessType(parts.group(1)), grace);
      }
    }
    return new Graces(usual, ofTypes);
  }

  private static UserError wrongGrace() {
    return invalid(
        STOP_TIMEOUT,
        "it is a number of seconds, "
            + LONGEST_SECONDS
            + " at the most, or has process types and theirs, such as 30,worker=120");
  }

  private static @Nullable String path(ConfigVars config) {
    var path = value(config, "SLIPWAY_HEALTH_PATH").orElse(null);
    if (path != null && !path.matches("/[\\x21-\\x7e]{0,1000}")) {
      throw invalid("SLIPWAY_HEALTH_PATH", "it is a path, such as /healthz");
    }
    return path;
  }

  private static Set<ProcessType> types(String names) {
    return Arrays.stream(names.split(",", -1))
        .map(String::trim)
        .filter(name -> !name.isEmpty())
        .map(ProcessType::new)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Map<ProcessType, String> pools(ConfigVars config) {
    var pools = new TreeMap<ProcessType, String>();
    for (var entry : value(config, "SLIPWAY_POOLS").orElse("").split(",", -1)) {
      if (!entry.isBlank()) {
        var parts = POOL.matcher(entry.trim());
        if (!parts.matches()) {
          throw invalid(
              "SLIPWAY_POOLS", "it has process types and pools, such as web=front,worker=batch");
        }
        pools.put(new ProcessType(parts.group(1)), parts.group(2));
      }
    }
    return pools;
  }

  private static Optional<String> value(ConfigVars config, String name) {
    return Optional.ofNullable(config.values().get(name)).map(Secret::reveal);
  }

  private static UserError invalid(String name, String why) {
    return new UserError(
        new Problem(
            ErrorCode.INVALID_PARAMS,
            "Config var " + name + " can't be used",
            why,
            "heroku config:unset " + name + " brings back the default"));
  }
}
