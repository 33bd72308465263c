package dev.slipway.api;

import dev.slipway.apps.Apps;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import dev.slipway.rollout.DynoSelection;
import java.util.Map;

/// What an administrator does with apps of all owners when hosts come and go. Heroku has no word
/// for it.
final class HostEndpoints {
  private final Apps apps;
  private final Operations operations;

  HostEndpoints(Apps apps, Operations operations) {
    this.apps = apps;
    this.operations = operations;
  }

  void mount(Routes routes) {
    routes.post("/dyno-moves", "app", this::move);
  }

  /// Replaces the dynos of an app by fresh ones on hosts that take dynos now, and loses no request:
  /// a rollout like any other, which is under way when this answers.
  private void move(Call call) {
    if (!call.account().administrator()) {
      throw UserError.of(ErrorCode.FORBIDDEN, "Only the administrator may do that.");
    }
    var app = apps.get(call.body().text("app"));
    operations.restart(app, new DynoSelection.All());
    call.accepted(Map.of("app", app.id()));
  }
}
