package dev.slipway.api;

import dev.slipway.accounts.Account;
import dev.slipway.accounts.Accounts;
import dev.slipway.accounts.EmailAddress;
import dev.slipway.apps.Apps;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.pipelines.Pipelines;

/// All accounts, for the administrator: listed, added, given another password, removed. Heroku has
/// no word for this; the shapes are its account's.
final class UserEndpoints {
  private final Accounts accounts;
  private final Apps apps;
  private final Pipelines pipelines;
  private final AccountEndpoints own;

  UserEndpoints(Accounts accounts, Apps apps, Pipelines pipelines, AccountEndpoints own) {
    this.accounts = accounts;
    this.apps = apps;
    this.pipelines = pipelines;
    this.own = own;
  }

  void mount(Routes routes) {
    routes.get("/users", "user", this::list);
    routes.post("/users", "user", this::add);
    routes.get("/users/{user}", "user", this::show);
    routes.patch("/users/{user}", "user", this::change);
    routes.delete("/users/{user}", "user", this::remove);
  }

  private void list(Call call) {
    requireAdministrator(call);
    call.page(
        Listing.by(accounts.list(), "email", Account::email)
            .or("id", account -> account.id().toString()),
        AccountEndpoints::view);
  }

  private void add(Call call) {
    requireAdministrator(call);
    var body = call.body();
    var email = new EmailAddress(body.text("email"));
    var name = body.optionalText("name").orElse(null);
    var password = new Secret(body.text("password"));
    call.created(AccountEndpoints.view(accounts.add(email, name, password)));
  }

  private void show(Call call) {
    call.ok(AccountEndpoints.view(user(call)));
  }

  private void change(Call call) {
    if (AccountEndpoints.isSelf(call) && !call.account().administrator()) {
      own.change(call);
      return;
    }
    var user = user(call);
    var body = call.body();
    var name = body.optionalText("name").orElse(null);
    var password = body.optionalText("password").map(Secret::new).orElse(null);
    var asks = call.caller().authorization();
    call.ok(AccountEndpoints.view(accounts.change(user, name, password, asks)));
  }

  private void remove(Call call) {
    requireAdministrator(call);
    var user = user(call);
    var heir = call.body().optionalText("apps_to").map(this::heir);
    if (heir.isPresent() && heir.get().id().equals(user.id())) {
      throw Body.invalid("apps_to must be another account.");
    }
    accounts.remove(
        user,
        (db, id) -> {
          heir.ifPresentOrElse(to -> apps.leave(db, id, to.id()), () -> apps.leave(db, id));
          pipelines.leave(db, id, heir.map(Account::id).orElse(null));
        });
    call.ok(AccountEndpoints.view(user));
  }

  private Account heir(String emailOrId) {
    return accounts
        .find(emailOrId)
        .orElseThrow(() -> Body.invalid("Couldn't find the account of apps_to."));
  }

  /// The account itself, or for the administrator anybody's.
  private Account user(Call call) {
    if (AccountEndpoints.isSelf(call)) {
      return call.account();
    }
    if (!call.account().administrator()) {
      AccountEndpoints.requireSelf(call);
    }
    return accounts
        .find(call.param("user"))
        .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that user."));
  }

  private static void requireAdministrator(Call call) {
    if (!call.account().administrator()) {
      throw new UserError(
          new Problem(
              ErrorCode.FORBIDDEN,
              "Only the administrator may do that.",
              null,
              "On the machine itself: ./slipway users"));
    }
  }
}
