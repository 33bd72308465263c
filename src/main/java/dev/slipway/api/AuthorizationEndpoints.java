package dev.slipway.api;

import dev.slipway.accounts.Authorization;
import dev.slipway.accounts.Authorization.Maker;
import dev.slipway.accounts.Authorizations;
import dev.slipway.accounts.Scope;
import dev.slipway.api.model.AuthorizationView;
import dev.slipway.api.model.SessionView;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Tokens: what `heroku login` and `heroku authorizations` make, and the sessions of logins in the
/// browser. A token is shown whole when it is made and to who sends it; else its two ends.
final class AuthorizationEndpoints {
  private final Authorizations authorizations;
  private final Clock clock;

  AuthorizationEndpoints(Authorizations authorizations, Clock clock) {
    this.authorizations = authorizations;
    this.clock = clock;
  }

  void mount(Routes routes) {
    routes.login("/oauth/authorizations", "authorization", this::create);
    routes.get("/oauth/authorizations", "authorization", this::list);
    routes.get("/oauth/authorizations/{authorization}", "authorization", this::show);
    routes.patch("/oauth/authorizations/{authorization}", "authorization", this::change);
    routes.delete("/oauth/authorizations/{authorization}", "authorization", this::revoke);
    routes.post(
        "/oauth/authorizations/{authorization}/actions/regenerate-tokens",
        "authorization",
        this::regenerate);
    routes.get("/oauth/sessions", "session", this::listSessions);
    routes.delete("/oauth/sessions/{session}", "session", this::endSession);
    mountClients(routes);
  }

  /// Clients are for logging in to other people's programs with an account of Heroku's.
  private static void mountClients(Routes routes) {
    routes.get("/oauth/clients", "client", call -> call.ok(List.of()));
    routes.post(
        "/oauth/clients",
        "client",
        call -> {
          throw noClients();
        });
    Routes.Endpoint missing =
        call -> {
          throw UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that client.");
        };
    routes.get("/oauth/clients/{client}", "client", missing);
    routes.patch("/oauth/clients/{client}", "client", missing);
    routes.delete("/oauth/clients/{client}", "client", missing);
    routes.post("/oauth/clients/{client}/actions/rotate-credentials", "client", missing);
  }

  private static UserError noClients() {
    return Body.invalid(
        "There are no OAuth clients here; heroku authorizations:create makes a token for a"
            + " program.");
  }

  private void create(Call call) {
    var body = call.body();
    if (body.has("client")) {
      throw noClients();
    }
    var issued =
        authorizations.add(
            call.account().id(),
            body.optionalText("description").orElse("Long-lived user authorization"),
            Scope.of(body.optionalTexts("scope").orElse(List.of())),
            call.caller().token() == null ? Maker.PASSWORD : Maker.TOKEN,
            lifetime(body));
    call.created(view(call, issued.authorization(), issued.token()));
  }

  private static @Nullable Duration lifetime(Body body) {
    return body.optionalTextOrInteger("expires_in")
        .map(seconds -> {
          if (!seconds.matches("[0-9]{1,10}")) {
            throw Body.invalid("expires_in must be a number of seconds.");
          }
          return Duration.ofSeconds(Long.parseLong(seconds));
        })
        .orElse(null);
  }

  private void list(Call call) {
    var shown =
        authorizations.list(call.account().id()).stream().filter(each -> !isSession(each)).toList();
    call.page(
        Listing.by(shown, "created_at", (Authorization each) -> each.createdAt() + " " + each.id())
            .or("id", each -> each.id().toString()),
        each -> view(call, each, null));
  }

  /// As on Heroku, `~` is the account's own key, and not what the request is sent with. Only the
  /// account of this machine has one.
  private void show(Call call) {
    call.ok(isMachineKey(call) ? machineKey(call) : view(call, find(call, "authorization"), null));
  }

  private void change(Call call) {
    requireNoMachineKey(call);
    var found = find(call, "authorization");
    var body = call.body();
    if (body.has("client")) {
      throw noClients();
    }
    var changed =
        body.optionalText("description")
            .map(text -> authorizations.describe(found, text))
            .orElse(found);
    call.ok(view(call, changed, null));
  }

  private void revoke(Call call) {
    requireNoMachineKey(call);
    var found = find(call, "authorization");
    authorizations.remove(found);
    call.ok(view(call, found, null));
  }

  private void regenerate(Call call) {
    requireNoMachineKey(call);
    var issued = authorizations.regenerate(find(call, "authorization"));
    call.ok(view(call, issued.authorization(), issued.token()));
  }

  private void listSessions(Call call) {
    var shown =
        authorizations.list(call.account().id()).stream()
            .filter(AuthorizationEndpoints::isSession)
            .toList();
    call.page(
        Listing.by(shown, "created_at", (Authorization each) -> each.createdAt() + " " + each.id())
            .or("id", each -> each.id().toString()),
        this::session);
  }

  /// `~` is the session that asks, as `heroku logout` sends it.
  private void endSession(Call call) {
    var found = find(call, "session");
    authorizations.remove(found);
    call.ok(session(found));
  }

  private Authorization find(Call call, String kind) {
    var sessions = kind.equals("session");
    var asked = call.param(kind);
    var own = call.caller().authorization();
    var id = sessions && asked.equals("~") && own != null ? own.toString() : asked;
    return authorizations.list(call.account().id()).stream()
        .filter(each -> each.id().toString().equals(id) && isSession(each) == sessions)
        .findFirst()
        .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that " + kind + "."));
  }

  private static boolean isSession(Authorization authorization) {
    return authorization.maker() == Maker.BROWSER;
  }

  private static boolean isMachineKey(Call call) {
    return call.account().administrator()
        && List.of("~", machineKeyId(call).toString()).contains(call.param("authorization"));
  }

  private static void requireNoMachineKey(Call call) {
    if (isMachineKey(call)) {
      throw Body.invalid(
          "The machine's own key is made with the installation and can't be changed here.");
    }
  }

  private static AuthorizationView machineKey(Call call) {
    var account = call.account();
    var id = machineKeyId(call);
    var token = call.caller().token();
    return new AuthorizationView(
        token == null || call.caller().authorization() != null
            ? null
            : new AuthorizationView.Token(null, id, token.reveal()),
        null,
        Views.seconds(account.createdAt()),
        "The key of this machine",
        null,
        id,
        null,
        List.of(Scope.GLOBAL.label()),
        null,
        Views.seconds(account.createdAt()),
        Views.reference(account));
  }

  private static UUID machineKeyId(Call call) {
    return Platform.id("authorization", call.account().id().toString());
  }

  /// @param issued the token, if it was made by this very request
  private AuthorizationView view(Call call, Authorization shown, @Nullable Secret issued) {
    var account = call.account();
    return new AuthorizationView(
        new AuthorizationView.Token(
            secondsLeft(shown),
            Platform.id("token", shown.id().toString()),
            token(call, shown, issued)),
        null,
        Views.seconds(shown.createdAt()),
        shown.description(),
        null,
        shown.id(),
        null,
        shown.scopes().stream().map(Scope::label).sorted().toList(),
        null,
        Views.seconds(shown.updatedAt()),
        Views.reference(account));
  }

  private static String token(Call call, Authorization shown, @Nullable Secret issued) {
    if (issued != null) {
      return issued.reveal();
    }
    var sent = call.caller().token();
    return sent != null && shown.id().equals(call.caller().authorization())
        ? sent.reveal()
        : shown.hint();
  }

  private SessionView session(Authorization shown) {
    return new SessionView(
        Views.seconds(shown.createdAt()),
        shown.description(),
        secondsLeft(shown),
        shown.id(),
        Views.seconds(shown.updatedAt()));
  }

  private @Nullable Integer secondsLeft(Authorization shown) {
    var end = shown.expiresAt();
    return end == null
        ? null
        : (int) Math.max(0, Duration.between(Views.seconds(Instant.now(clock)), end).toSeconds());
  }
}
