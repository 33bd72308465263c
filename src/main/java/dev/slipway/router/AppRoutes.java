package dev.slipway.router;

import dev.slipway.core.AppId;
import dev.slipway.core.AppName;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// All that routers know of an app: whom it answers to, and with what.
///
/// @param hosts host names without port; matched whole, in lower case
/// @param maintenance whether everyone gets the maintenance page
/// @param webDynosWanted how many web dynos its formation asks for; tells "scaled to none" from
///   "none lives"
/// @param dynos those that get requests
/// @param candidates those that routers probe and report on, but send nothing to
/// @param healthPath what a probe asks for, or null when connecting is enough
public record AppRoutes(
    AppId app,
    AppName name,
    List<String> hosts,
    boolean maintenance,
    int webDynosWanted,
    List<DynoRoute> dynos,
    List<DynoRoute> candidates,
    @Nullable String healthPath) {
  /// Copies the lists.
  public AppRoutes {
    hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    dynos = List.copyOf(dynos);
    candidates = List.copyOf(candidates);
    if (healthPath != null && !healthPath.matches("/[\\x21-\\x7e]*")) {
      throw new IllegalArgumentException("not a path: " + healthPath);
    }
  }
}
