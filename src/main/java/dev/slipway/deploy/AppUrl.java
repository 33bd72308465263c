package dev.slipway.deploy;

import dev.slipway.core.AppName;
import java.net.URI;

/// Where an app answers on the machine that runs it, without a domain of its own.
public final class AppUrl {
  private AppUrl() {}

  /// The address, such as `http://orders.localhost/`.
  public static URI of(AppName app) {
    return URI.create("http://" + app + ".localhost/");
  }
}
