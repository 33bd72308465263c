package dev.slipway.api;

import dev.slipway.accounts.Accounts;
import dev.slipway.accounts.Caller;
import dev.slipway.accounts.Scope;
import dev.slipway.apps.AppEvents;
import dev.slipway.apps.Apps;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;

/// Where endpoints are mounted: each asks for an API key and takes from the account's allowance,
/// but for those that are open because their URL is a secret.
final class Routes {
  private static final Problem NO_KEY =
      new Problem(
          ErrorCode.UNAUTHORIZED,
          "There were no credentials in your Authorization header.",
          null,
          "Send a token as Bearer; heroku login gets one.");

  /// What an endpoint does.
  @FunctionalInterface
  interface Endpoint {
    void answer(Call call) throws Exception;
  }

  private final RoutesConfig routes;
  private final Accounts accounts;
  private final Apps apps;
  private final RateLimits limits;

  Routes(RoutesConfig routes, Accounts accounts, Apps apps, RateLimits limits) {
    this.routes = routes;
    this.accounts = accounts;
    this.apps = apps;
    this.limits = limits;
  }

  void get(String path, String resource, Endpoint endpoint) {
    add(HandlerType.GET, path, resource, endpoint);
  }

  void post(String path, String resource, Endpoint endpoint) {
    add(HandlerType.POST, path, resource, endpoint);
  }

  void put(String path, String resource, Endpoint endpoint) {
    add(HandlerType.PUT, path, resource, endpoint);
  }

  void patch(String path, String resource, Endpoint endpoint) {
    add(HandlerType.PATCH, path, resource, endpoint);
  }

  void delete(String path, String resource, Endpoint endpoint) {
    add(HandlerType.DELETE, path, resource, endpoint);
  }

  /// An endpoint that asks for no key.
  void open(HandlerType method, String path, Handler handler) {
    routes.addHttpHandler(method, path, handler);
  }

  /// An endpoint that costs nothing of the allowance.
  void free(String path, String resource, Endpoint endpoint) {
    routes.addHttpHandler(
        HandlerType.GET,
        path,
        http -> {
          var caller = authenticate(http);
          MediaType.requireVersion3(http.header("Accept"));
          http.header("RateLimit-Remaining", Integer.toString(limits.left(caller.account().id())));
          AppEvents.actingAs(
              caller.account().id(), () -> endpoint.answer(new Call(http, caller, apps, resource)));
        });
  }

  /// An endpoint that takes an address and a password as well as a token.
  void login(String path, String resource, Endpoint endpoint) {
    routes.addHttpHandler(
        HandlerType.POST,
        path,
        http -> answer(http, passwordOrToken(http), Scope.Need.GLOBAL, resource, endpoint));
  }

  private void add(HandlerType method, String path, String resource, Endpoint endpoint) {
    var need = ScopeRules.need(method, path);
    routes.addHttpHandler(
        method, path, http -> answer(http, authenticate(http), need, resource, endpoint));
  }

  private void answer(
      Context http, Caller caller, Scope.Need need, String resource, Endpoint endpoint)
      throws Exception {
    MediaType.requireVersion3(http.header("Accept"));
    http.header("RateLimit-Remaining", Integer.toString(limits.take(caller.account().id())));
    caller.require(need);
    AppEvents.actingAs(
        caller.account().id(), () -> endpoint.answer(new Call(http, caller, apps, resource)));
  }

  private Caller authenticate(Context http) {
    return Credentials.key(http.header("Authorization"))
        .map(token -> accounts.logins().byToken(token, http.ip()))
        .orElseThrow(() -> new UserError(NO_KEY));
  }

  private Caller passwordOrToken(Context http) {
    return Credentials.pair(http.header("Authorization"))
        .map(pair -> accounts.logins().byPassword(pair.user(), pair.password(), http.ip()))
        .orElseGet(() -> authenticate(http));
  }
}
