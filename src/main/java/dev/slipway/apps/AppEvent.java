package dev.slipway.apps;

import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import org.jspecify.annotations.Nullable;

/// Something that happened to an app.
///
/// @param subject what it happened to, as it is now, or was when it ended: the app itself, or a
///   domain, release, build, dyno or other record of it
/// @param previous as it was before an update, where that is known
/// @param actor whose doing it was, or null for the platform's own
public record AppEvent(
    AppId app,
    Action action,
    Record subject,
    @Nullable Record previous,
    @Nullable AccountId actor) {
  /// What was done.
  public enum Action {
    /// It is new.
    CREATE,
    /// It has changed.
    UPDATE,
    /// It is gone.
    DESTROY
  }

  /// Something is new or gone.
  public static AppEvent of(AppId app, Action action, Record subject) {
    return new AppEvent(app, action, subject, null, null);
  }

  /// The same by that account.
  public AppEvent by(AccountId account) {
    return new AppEvent(app, action, subject, previous, account);
  }
}
