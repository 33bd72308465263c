package dev.slipway.api;

import dev.slipway.accounts.Account;
import dev.slipway.accounts.Accounts;
import dev.slipway.api.model.AccountView;
import dev.slipway.api.model.RateLimitView;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.util.List;

/// The account that asks: shown, renamed, given another password.
final class AccountEndpoints {
  private final Accounts accounts;
  private final RateLimits limits;

  AccountEndpoints(Accounts accounts, RateLimits limits) {
    this.accounts = accounts;
    this.limits = limits;
  }

  void mount(Routes routes) {
    routes.get("/account", "account", call -> call.ok(view(call.account())));
    routes.patch("/account", "account", this::change);
    routes.delete(
        "/account",
        "account",
        call -> {
          throw Body.invalid(
              "Accounts are removed by the administrator: ./slipway users remove "
                  + call.account().email());
        });
    routes.free(
        "/account/rate-limits",
        "account",
        call -> call.ok(new RateLimitView(limits.left(call.account().id()))));
  }

  /// `~`, the address or the id of the account itself; others are not there.
  static void requireSelf(Call call) {
    if (!isSelf(call)) {
      throw UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that user.");
    }
  }

  static boolean isSelf(Call call) {
    var self = call.account();
    return List.of("~", self.email(), self.id().toString()).contains(call.param("user"));
  }

  /// Changes name and password; the password only together with the one before.
  void change(Call call) {
    var body = call.body();
    for (var field : List.of("email", "allow_tracking", "beta")) {
      if (body.has(field)) {
        throw Body.invalid(field + " can't be changed here.");
      }
    }
    var name = body.optionalText("name").orElse(null);
    var password = body.optionalText("new_password").map(Secret::new).orElse(null);
    if (password != null) {
      requireCurrent(call, new Secret(body.text("password")));
    }
    var asks = call.caller().authorization();
    call.ok(view(accounts.change(call.account(), name, password, asks)));
  }

  private void requireCurrent(Call call, Secret password) {
    if (!accounts.logins().isPassword(call.account().email(), password, call.client())) {
      throw Body.invalid("password is not the account's current one.");
    }
  }

  static AccountView view(Account account) {
    var lastLogin = account.lastLogin();
    return new AccountView(
        false,
        false,
        null,
        Views.seconds(account.createdAt()),
        null,
        null,
        null,
        account.email(),
        false,
        account.id().value(),
        null,
        lastLogin == null ? null : Views.seconds(lastLogin),
        account.name(),
        null,
        null,
        false,
        Views.seconds(account.updatedAt()),
        true);
  }
}
