package dev.slipway.api;

import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.core.AccountId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;

/// Who may use which app: its owner. To all others it is not there.
final class AppAccess {
  private AppAccess() {}

  static App require(Apps apps, String nameOrId, AccountId by) {
    var app = apps.get(nameOrId);
    if (!app.owner().equals(by)) {
      throw UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that app.");
    }
    return app;
  }
}
