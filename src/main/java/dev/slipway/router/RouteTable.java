package dev.slipway.router;

import java.util.List;

/// The routes of all apps, as one version that routers take whole.
public record RouteTable(TableVersion version, List<AppRoutes> apps) {
  /// Copies the list.
  public RouteTable {
    apps = List.copyOf(apps);
  }
}
