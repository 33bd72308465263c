package dev.slipway.api;

import dev.slipway.addons.Addon;
import dev.slipway.addons.Addons;
import dev.slipway.apps.Apps;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.postgres.Database;
import dev.slipway.postgres.Databases;
import dev.slipway.postgres.Standbys;
import java.util.LinkedHashMap;
import java.util.Map;

/// Standbys of databases, which the stock client knows nothing of.
final class StandbyEndpoints {
  private static final String RESOURCE = "database";
  private static final String STANDBY = "/client/v11/databases/{database}/standby";
  private static final String FAILOVER = "/client/v11/databases/{database}/failover";

  private final AddonAccess access;
  private final Databases databases;

  StandbyEndpoints(Addons addons, Apps apps, Databases databases) {
    this.access = new AddonAccess(addons, apps);
    this.databases = databases;
  }

  void mount(Routes routes) {
    routes.get(STANDBY, RESOURCE, this::show);
    routes.post(STANDBY, RESOURCE, this::make);
    routes.delete(STANDBY, RESOURCE, this::remove);
    routes.post(FAILOVER, RESOURCE, this::failOver);
  }

  private Addon addon(Call call) {
    return access.addon(call, call.param("database"));
  }

  private void show(Call call) {
    call.ok(view(databases.of(addon(call))));
  }

  /// Without a standby, the database's host alone.
  private Map<String, Object> view(Database database) {
    var view = new LinkedHashMap<String, Object>();
    view.put("name", database.name());
    view.put("host", databases.host(database));
    databases.standbys().report(database).ifPresent(standby -> view.put("standby", view(standby)));
    return view;
  }

  /// As it stands in the database's information, too.
  static Map<String, Object> view(Standbys.Report standby) {
    return Map.of(
        "host", standby.host(),
        "state", standby.state(),
        "in_step", standby.inStep(),
        "takes_over", standby.takesOver(),
        "lag_bytes", standby.lagBytes(),
        "problem", standby.problem());
  }

  private void make(Call call) {
    var addon = addon(call);
    databases.makeStandby(addon, call.body().optionalText("host").orElse(null));
    call.created(view(databases.of(addon)));
  }

  private void remove(Call call) {
    var addon = addon(call);
    databases.standbys().remove(databases.of(addon));
    call.ok(view(databases.of(addon)));
  }

  private void failOver(Call call) {
    var addon = addon(call);
    var body = call.body();
    requireConfirmed(addon, body.optionalText("confirm").orElse(""), call);
    databases
        .standbys()
        .failOver(databases.of(addon), body.optionalFlag("lose_what_is_missing").orElse(false));
    call.created(view(databases.of(addon)));
  }

  private static void requireConfirmed(Addon addon, String confirm, Call call) {
    var app = call.app(addon.app().toString()).name().value();
    if (!app.equals(confirm)) {
      throw new UserError(
          new Problem(
              ErrorCode.CONFIRMATION_REQUIRED,
              "This has another host's server take the place of " + addon.name() + "'s",
              "whoever is connected to it directly is sent away",
              "Confirm with --confirm " + app));
    }
  }
}
