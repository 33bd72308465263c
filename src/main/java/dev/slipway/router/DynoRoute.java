package dev.slipway.router;

import dev.slipway.core.DynoName;
import dev.slipway.core.ServiceName;

/// A dyno that requests can be sent to, and where it listens on the dynos' network.
public record DynoRoute(ServiceName service, DynoName dyno, String address, int port) {
  /// Checks the port.
  public DynoRoute {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("not a port: " + port);
    }
  }
}
