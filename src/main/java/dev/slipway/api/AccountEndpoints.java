package dev.slipway.api;

import dev.slipway.accounts.Account;
import dev.slipway.api.model.AccountView;
import dev.slipway.api.model.AuthorizationView;
import dev.slipway.api.model.RateLimitView;
import dev.slipway.api.model.UserReference;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.util.List;

/// The person behind the key, and logging in by it.
final class AccountEndpoints {
  private final RateLimits limits;

  AccountEndpoints(RateLimits limits) {
    this.limits = limits;
  }

  void mount(Routes routes) {
    routes.get("/account", "account", call -> call.ok(view(call.account())));
    routes.get(
        "/users/{user}",
        "account",
        call -> {
          requireSelf(call);
          call.ok(view(call.account()));
        });
    routes.free(
        "/account/rate-limits",
        "account",
        call -> call.ok(new RateLimitView(limits.left(call.account().id()))));
    routes.get("/oauth/authorizations", "authorization", call -> call.ok(List.of()));
    routes.post("/oauth/authorizations", "authorization", AccountEndpoints::logIn);
    routes.delete(
        "/oauth/sessions/{session}",
        "session",
        call -> {
          throw UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that session.");
        });
  }

  /// `~`, the address or the id of the account itself; others are not there.
  static void requireSelf(Call call) {
    var user = call.param("user");
    var self = call.account();
    if (!List.of("~", self.email(), self.id().toString()).contains(user)) {
      throw UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that user.");
    }
  }

  /// `heroku login -i` sends the key as password, and keeps the token that it is given.
  private static void logIn(Call call) {
    var account = call.account();
    var description = call.body().optionalText("description").orElse("API key");
    var key = Credentials.key(call.header("Authorization")).map(Secret::reveal).orElseThrow();
    var id = Platform.id("authorization", account.id().toString());
    call.created(
        new AuthorizationView(
            new AuthorizationView.Token(null, id, key),
            Views.seconds(account.createdAt()),
            description,
            id,
            List.of("global"),
            Views.seconds(account.createdAt()),
            new UserReference(account.id().value(), account.email())));
  }

  private static AccountView view(Account account) {
    var since = Views.seconds(account.createdAt());
    return new AccountView(
        false,
        false,
        null,
        since,
        null,
        null,
        null,
        account.email(),
        false,
        account.id().value(),
        null,
        null,
        null,
        null,
        null,
        false,
        since,
        true);
  }
}
