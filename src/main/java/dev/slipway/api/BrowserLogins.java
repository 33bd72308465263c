package dev.slipway.api;

import dev.slipway.accounts.Account;
import dev.slipway.accounts.Accounts;
import dev.slipway.accounts.Authorization.Maker;
import dev.slipway.accounts.Scope;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

/// `heroku login` by way of a browser: the client asks for two addresses, opens the one for people
/// and waits at the other until somebody has typed address and password there. Only the client
/// learns the token, since it alone has the secret that the wait asks for. Thread-safe.
final class BrowserLogins implements AutoCloseable {
  private static final Duration KEPT = Duration.ofMinutes(10);
  private static final Duration LIFETIME = Duration.ofDays(30);
  private static final int MOST = 100;
  private static final int KEY_BYTES = 24;
  private static final int LONGEST_DESCRIPTION = 200;

  /// The client gives up after a minute in which it hears nothing; blanks before JSON mean nothing.
  private static final long HEARTBEAT_SECONDS = 15;

  private record Login(
      String description,
      String cliKey,
      Secret secret,
      Instant since,
      CompletableFuture<Map<String, String>> outcome) {}

  private final Accounts accounts;
  private final Clock clock;
  private final Map<String, Login> logins = new ConcurrentHashMap<>();

  BrowserLogins(Accounts accounts, Clock clock) {
    this.accounts = accounts;
    this.clock = clock;
  }

  void mount(Routes routes) {
    routes.open(HandlerType.POST, "/auth", this::begin);
    routes.open(HandlerType.GET, "/auth/browser/{key}", page(this::ask));
    routes.open(HandlerType.POST, "/auth/browser/{key}", page(this::answer));
    routes.open(HandlerType.GET, "/auth/cli/{key}", this::await);
  }

  /// Tells all who wait that they must begin anew.
  @Override
  public void close() {
    logins.values().forEach(login -> fail(login, "The server stops. Log in again."));
  }

  private void begin(Context http) {
    var description = Call.body(http).optionalText("description").orElse("Heroku CLI login");
    forgetOld();
    if (logins.size() >= MOST) {
      throw UserError.of(
          ErrorCode.RATE_LIMIT, "Too many logins are waiting. Try again in ten minutes.");
    }
    var shown = description.codePoints().filter(point -> !Character.isISOControl(point));
    var login =
        new Login(
            shown
                .limit(LONGEST_DESCRIPTION)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString(),
            Secret.random(KEY_BYTES).reveal(),
            Secret.random(KEY_BYTES),
            Instant.now(clock),
            new CompletableFuture<>());
    var key = Secret.random(KEY_BYTES).reveal();
    logins.put(key, login);
    http.status(201)
        .contentType("application/json")
        .result(
            Json.write(
                Map.of(
                    "browser_url", "/auth/browser/" + key,
                    "cli_url", "/auth/cli/" + login.cliKey(),
                    "token", login.secret().reveal())));
  }

  private void ask(Context http, Login login) {
    LoginPage.form(http, login.description());
  }

  private void answer(Context http, Login login) {
    try {
      var email = field(http, "email");
      var caller =
          accounts.logins().byPassword(email, new Secret(field(http, "password")), http.ip());
      caller.require(Scope.Need.GLOBAL);
      hand(login, caller.account());
      LoginPage.done(http, caller.account().email());
    } catch (UserError e) {
      LoginPage.formAgain(http, login.description(), e.problem());
    }
  }

  /// Of two who log in at once, one is too late, and no token stays behind.
  private void hand(Login login, Account account) {
    var authorizations = accounts.authorizations();
    var issued =
        authorizations.add(
            account.id(), login.description(), Set.of(Scope.GLOBAL), Maker.BROWSER, LIFETIME);
    if (!login.outcome().complete(Map.of("access_token", issued.token().reveal()))) {
      authorizations.remove(issued.authorization());
      throw none();
    }
  }

  private static String field(Context http, String name) {
    var value = http.formParam(name);
    if (value == null) {
      throw Body.invalid("Address and password are needed.");
    }
    return value;
  }

  /// What a person sees is a page, errors too.
  private Handler page(BiConsumer<Context, Login> shown) {
    return http -> {
      try {
        shown.accept(http, find(http));
      } catch (UserError e) {
        LoginPage.refused(http, e.problem());
      }
    };
  }

  private void await(Context http) throws IOException, InterruptedException {
    var login =
        logins.values().stream()
            .filter(each -> each.cliKey().equals(http.pathParam("key")))
            .filter(each -> hasSecret(http, each))
            .findFirst()
            .orElseThrow(BrowserLogins::none);
    http.res().setContentType("application/json");
    try (var out = http.res().getOutputStream()) {
      out.write(Json.write(outcome(login, out)));
    }
    logins.values().remove(login);
  }

  private Map<String, String> outcome(Login login, OutputStream out)
      throws IOException, InterruptedException {
    while (Instant.now(clock).isBefore(login.since().plus(KEPT))) {
      try {
        return login.outcome().get(HEARTBEAT_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException _) {
        out.write(' ');
        out.flush();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
    return Map.of("error", "Nobody logged in within ten minutes. Log in again.");
  }

  private Login find(Context http) {
    forgetOld();
    var login = logins.get(http.pathParam("key"));
    if (login == null || login.outcome().isDone()) {
      throw none();
    }
    return login;
  }

  private void forgetOld() {
    var oldest = Instant.now(clock).minus(KEPT);
    logins.values().removeIf(login -> login.since().isBefore(oldest));
  }

  private static boolean hasSecret(Context http, Login login) {
    return Credentials.key(http.header("Authorization"))
        .filter(given -> login.secret().matches(given.reveal()))
        .isPresent();
  }

  private static void fail(Login login, String why) {
    login.outcome().complete(Map.of("error", why));
  }

  private static UserError none() {
    return UserError.of(
        ErrorCode.NOT_FOUND, "Couldn't find that login. It may be too old: begin anew.");
  }
}
