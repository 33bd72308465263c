package dev.slipway.router;

import dev.slipway.core.AppId;
import dev.slipway.core.AppName;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All that routers know of an app: whom it answers to, and with what.
///
/// @param hosts host names without port, in lower case; matched whole, or, with `*.` in front, for
///   all names below that are nobody's own
/// @param maintenance whether everyone gets the maintenance page
/// @param webDynosWanted how many web dynos its formation asks for; tells "scaled to none" from
///   "none lives"
/// @param dynos those that get requests
/// @param candidates those that routers probe and report on, but send nothing to
/// @param healthPath what a probe asks for, or null when connecting is enough
/// @param sessionAffinity whether a client stays with the dyno that answered its first request
/// @param pages the addresses of pages of its own, under `maintenance` and `error`
/// @param certificates by host, the fingerprint of the certificate that it is served with
public record AppRoutes(
    AppId app,
    AppName name,
    List<String> hosts,
    boolean maintenance,
    int webDynosWanted,
    List<DynoRoute> dynos,
    List<DynoRoute> candidates,
    @Nullable String healthPath,
    boolean sessionAffinity,
    Map<String, String> pages,
    Map<String, String> certificates) {
  /// Routes of an app without certificates of its own, whose clients go to any dyno.
  public AppRoutes(
      AppId app,
      AppName name,
      List<String> hosts,
      boolean maintenance,
      int webDynosWanted,
      List<DynoRoute> dynos,
      List<DynoRoute> candidates,
      @Nullable String healthPath) {
    this(
        app,
        name,
        hosts,
        maintenance,
        webDynosWanted,
        dynos,
        candidates,
        healthPath,
        false,
        Map.of(),
        Map.of());
  }

  /// Copies the collections.
  public AppRoutes {
    hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    dynos = List.copyOf(dynos);
    candidates = List.copyOf(candidates);
    pages = Map.copyOf(pages);
    certificates = Map.copyOf(certificates);
    if (healthPath != null && !healthPath.matches("/[\\x21-\\x7e]*")) {
      throw new IllegalArgumentException("not a path: " + healthPath);
    }
  }
}
