package dev.slipway.api;

import dev.slipway.accounts.Accounts;
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
          "Send the API key as Bearer token; ./slipway env prints it.");

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
          var account = authenticate(http);
          http.header("RateLimit-Remaining", Integer.toString(limits.left(account.id())));
          endpoint.answer(new Call(http, account, apps, resource));
        });
  }

  private void add(HandlerType method, String path, String resource, Endpoint endpoint) {
    routes.addHttpHandler(
        method,
        path,
        http -> {
          var account = authenticate(http);
          http.header("RateLimit-Remaining", Integer.toString(limits.take(account.id())));
          AppEvents.actingAs(
              account.id(), () -> endpoint.answer(new Call(http, account, apps, resource)));
        });
  }

  private dev.slipway.accounts.Account authenticate(Context http) {
    return Credentials.key(http.header("Authorization"))
        .map(accounts::authenticate)
        .orElseThrow(() -> new UserError(NO_KEY));
  }
}
