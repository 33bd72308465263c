package dev.slipway.api;

import dev.slipway.release.ConfigVars;
import dev.slipway.release.Releases;
import java.util.Map;
import java.util.TreeMap;

/// Config vars of an app and of its releases.
final class ConfigEndpoints {
  private final Releases releases;
  private final Operations operations;

  ConfigEndpoints(Releases releases, Operations operations) {
    this.releases = releases;
    this.operations = operations;
  }

  void mount(Routes routes) {
    routes.get(
        "/apps/{app}/config-vars",
        "config_vars",
        call -> call.ok(plain(releases.current(call.app().id()).config())));
    routes.patch("/apps/{app}/config-vars", "config_vars", this::change);
    routes.get(
        "/apps/{app}/releases/{release}/config-vars",
        "release",
        call -> call.ok(plain(releases.get(call.app().id(), call.param("release")).config())));
  }

  private void change(Call call) {
    var app = call.app();
    var changes = call.body().texts();
    var release = operations.setConfig(app, changes, call.account().id());
    call.ok(plain(release.config()));
  }

  private static Map<String, String> plain(ConfigVars config) {
    var plain = new TreeMap<String, String>();
    config.values().forEach((name, value) -> plain.put(name, value.reveal()));
    return plain;
  }
}
