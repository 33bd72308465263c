package dev.slipway.api;

import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.core.AccountId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import java.util.List;

/// Who may use which app: its owner and its collaborators. To all others it is not there. What only
/// the owner may do is to give it away, to rename or destroy it, and to say who has access.
final class AppAccess {
  private AppAccess() {}

  static App require(Apps apps, String nameOrId, AccountId by) {
    var app = apps.get(nameOrId);
    if (!app.owner().equals(by) && !apps.collaborators().has(app.id(), by)) {
      throw UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that app.");
    }
    return app;
  }

  static App requireOwner(App app, AccountId by) {
    if (!app.owner().equals(by)) {
      throw UserError.of(ErrorCode.FORBIDDEN, "Only the owner of " + app.name() + " may do that.");
    }
    return app;
  }

  /// All apps that the account may use.
  static List<App> list(Apps apps, AccountId by) {
    var shared = apps.collaborators().appsOf(by);
    return apps.list().stream()
        .filter(app -> app.owner().equals(by) || shared.contains(app.id()))
        .toList();
  }
}
