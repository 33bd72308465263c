package dev.slipway.api;

import dev.slipway.core.AppName;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where the API listens, and what it says of addresses.
///
/// @param httpPort plain HTTP; 0 takes any free port
/// @param tlsPort HTTPS; 0 takes any free port
/// @param certificate PEM file with the chain, or null for no HTTPS
/// @param privateKey PEM file, or null for no HTTPS
/// @param gitUrl what a git remote starts with, such as `https://localhost:7443`
/// @param appDomain apps answer at `APP.` and this, such as `localhost`
/// @param appPort where the router listens; 80 is left out of URLs
/// @param buildsDirectory where source code is unpacked, one directory a build
public record ApiSettings(
    int httpPort,
    int tlsPort,
    @Nullable Path certificate,
    @Nullable Path privateKey,
    String gitUrl,
    String appDomain,
    int appPort,
    Path buildsDirectory) {
  /// The host name that the platform gives an app.
  public String hostname(AppName app) {
    return app + "." + appDomain;
  }

  /// Where the app answers.
  public String webUrl(AppName app) {
    return "http://" + hostname(app) + (appPort == 80 ? "" : ":" + appPort) + "/";
  }

  /// Where the app's code is pushed to.
  public String gitUrl(AppName app) {
    return gitUrl + "/" + app + ".git";
  }
}
