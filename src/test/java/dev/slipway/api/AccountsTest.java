package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.cli.UsersCommand;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.install.Users;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// Who may do what, and who is told what when they may not.
class AccountsTest {
  private static final String PASSWORD = "correct horse battery";
  private static final String NEW_AUTHORIZATION = "{\"description\":\"test\"%s}";

  private @TempDir Path home;
  private TestApi api;

  @BeforeEach
  void start() {
    api = new TestApi(home);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void theAdministratorAddsChangesAndRemovesAccounts() {
    var users = new Users(api.url(), new Secret(TestApi.KEY));
    assertEquals("ann@example.com", users.add("Ann@example.com", "Ann", secret(PASSWORD)).email());
    assertEquals(
        List.of("ann@example.com", "other@example.com", "you@example.com"),
        users.list().stream().map(Users.User::email).toList());
    assertRefused(
        ErrorCode.INVALID_PARAMS, () -> users.add("ann@example.com", null, secret(PASSWORD)));
    assertRefused(ErrorCode.INVALID_PARAMS, () -> users.add("ann", null, secret(PASSWORD)));
    assertRefused(ErrorCode.INVALID_PARAMS, () -> users.add("b@example.com", null, secret("x")));
    var token = login(PASSWORD);
    users.setPassword("ann@example.com", secret("another horse battery"));
    assertEquals(401, as(token, "GET", "/account", null).status());
    assertEquals(401, tryLogin("ann@example.com", PASSWORD).status());
    var again = login("another horse battery");
    assertEquals("Ann", as(again, "GET", "/account", null).json().get("name").stringValue());
    users.remove("ann@example.com", null);
    assertEquals(401, as(again, "GET", "/account", null).status());
    assertRefused(ErrorCode.NOT_FOUND, () -> users.remove("ann@example.com", null));
    assertRefused(ErrorCode.NOT_FOUND, () -> users.remove("a/b?c#d e", null));
    assertRefused(ErrorCode.INVALID_PARAMS, () -> users.remove("you@example.com", null));
  }

  @Test
  void whoLosesAccessLosesTheLogTheyOpened() {
    api.send("POST", "/apps", "{\"name\":\"orders\"}");
    api.send("POST", "/apps/orders/collaborators", "{\"user\":\"other@example.com\"}");
    var session = as(TestApi.OTHER_KEY, "POST", "/apps/orders/log-sessions", "{}").json();
    var path = URI.create(session.get("logplex_url").stringValue()).getPath();
    assertEquals(200, api.bare("GET", path, null).status());
    api.send("DELETE", "/apps/orders/collaborators/other@example.com", null);
    assertEquals(404, api.bare("GET", path, null).status());
  }

  @Test
  void allAccountsAreListedHoweverMany() {
    for (var number = 0; number < 205; number++) {
      api.accounts.ensure("a" + number + "@example.com", new Secret("key-" + number));
    }
    var listed = new Users(api.url(), new Secret(TestApi.KEY)).list().size();
    assertEquals(api.accounts.list().size(), listed);
    assertTrue(listed > 205, () -> listed + " accounts");
  }

  @Test
  void theCommandReadsPasswordsFromStandardInput() {
    assertEquals(
        "0 ann@example.com may log in now: heroku login -i",
        users(PASSWORD + "\nx", "add", "ann@example.com", "--name=Ann"));
    assertEquals(201, tryLogin("ann@example.com", PASSWORD).status());
    assertEquals("4 Couldn't find that user.", users(PASSWORD, "passwd", "bob@example.com"));
    assertEquals(
        "2 No password was taken: standard input has none",
        users("", "passwd", "ann@example.com").replaceAll("\\. Type.*", ""));
    assertEquals(
        "2 The password must have 12 to 1024 characters.",
        users("short", "passwd", "ann@example.com"));
    assertTrue(users("another horse battery", "passwd", "ann@example.com").startsWith("0 "));
    assertEquals(201, tryLogin("ann@example.com", "another horse battery").status());
    assertTrue(users("", "list").contains("ann@example.com"));
    var listed = users("", "list", "--json");
    assertEquals(
        "Ann", TestApi.JSON.readTree(listed.substring(2)).get(0).get("name").stringValue());
    as(login("another horse battery"), "POST", "/apps", "{\"name\":\"orders\"}");
    assertTrue(
        users("", "remove", "ann@example.com").startsWith("2 The account owns apps: orders."));
    assertEquals(
        "0 ann@example.com is removed.",
        users("", "remove", "ann@example.com", "--apps-to", "you@example.com"));
    assertEquals(200, api.get("/apps/orders").status());
  }

  /// The exit code and what the command says, or the problem that it ends with.
  private String users(String input, String... arguments) {
    var out = new ByteArrayOutputStream();
    var command =
        new UsersCommand(
            () -> new Users(api.url(), new Secret(TestApi.KEY)),
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8));
    var line = new CommandLine(command);
    var problem = new StringBuilder();
    line.setExecutionExceptionHandler((failure, _, _) -> {
      var known = ((UserError) failure).problem();
      problem.append(known.sentence());
      return known.code().exitCode();
    });
    var exit = line.execute(arguments);
    return exit + " " + (out.toString(StandardCharsets.UTF_8) + problem).strip();
  }

  @Test
  void anOwnerOfAppsStaysUntilSomebodyGetsThem() {
    var users = new Users(api.url(), new Secret(TestApi.KEY));
    var ann = ann();
    as(ann, "POST", "/apps", "{\"name\":\"orders\"}");
    as(ann, "POST", "/apps", "{\"name\":\"shop\"}");
    as(ann, "POST", "/apps/orders/collaborators", "{\"user\":\"other@example.com\"}");
    var refused =
        assertThrows(UserError.class, () -> users.remove("ann@example.com", null))
            .problem()
            .sentence();
    assertTrue(refused.contains("orders, shop"), refused);
    assertEquals(200, as(ann, "GET", "/apps/orders", null).status());
    assertRefused(
        ErrorCode.INVALID_PARAMS, () -> users.remove("ann@example.com", "nobody@example.com"));
    assertRefused(
        ErrorCode.INVALID_PARAMS, () -> users.remove("ann@example.com", "ann@example.com"));
    couple(ann, "orders");
    users.remove("ann@example.com", "other@example.com");
    assertEquals(1, as(TestApi.OTHER_KEY, "GET", "/pipelines", null).json().size());
    assertEquals(
        200, as(TestApi.OTHER_KEY, "GET", "/apps/orders/pipeline-couplings", null).status());
    var orders = as(TestApi.OTHER_KEY, "GET", "/apps/orders", null).json();
    assertEquals("other@example.com", orders.get("owner").get("email").stringValue());
    var access = as(TestApi.OTHER_KEY, "GET", "/apps/orders/collaborators", null).json();
    assertEquals(1, access.size(), access::toString);
    var release = as(TestApi.OTHER_KEY, "GET", "/apps/orders/releases/1", null).json();
    assertEquals("ann@example.com", release.get("user").get("email").stringValue());
  }

  @Test
  void nobodyElseSeesOrMakesAccounts() {
    var ann = ann();
    assertEquals(403, as(ann, "GET", "/users", null).status());
    assertEquals(403, as(ann, "POST", "/users", "{\"email\":\"b@example.com\"}").status());
    assertEquals(404, as(ann, "GET", "/users/you@example.com", null).status());
    assertEquals(404, as(ann, "PATCH", "/users/you@example.com", "{\"name\":\"x\"}").status());
    assertEquals(403, as(ann, "DELETE", "/users/you@example.com", null).status());
    assertEquals(200, as(ann, "GET", "/users/ann@example.com", null).status());
    assertEquals(422, as(ann, "DELETE", "/account", null).status());
    var both = "{\"password\":\"another horse battery\",\"name\":\"a\\nb\"}";
    assertEquals(422, api.send("PATCH", "/users/ANN@example.com", both).status());
    var self = as(ann, "PATCH", "/users/~", "{\"password\":\"another horse battery\"}");
    assertEquals(200, self.status());
    assertEquals(201, tryLogin("ann@example.com", PASSWORD).status());
  }

  @Test
  void aPasswordIsChangedByWhoKnowsIt() {
    var ann = ann();
    var login = login(PASSWORD);
    var wrong = "{\"password\":\"wrong horse\",\"new_password\":\"another horse battery\"}";
    assertEquals(422, as(ann, "PATCH", "/account", wrong).status());
    assertEquals(
        422, as(ann, "PATCH", "/account", "{\"new_password\":\"another horse\"}").status());
    var right = wrong.replace("wrong horse", PASSWORD);
    var changed = as(login, "PATCH", "/account", right.replace("}", ",\"name\":\"Ann\"}"));
    assertEquals("Ann", changed.json().get("name").stringValue(), changed::text);
    assertEquals(200, as(login, "GET", "/account", null).status());
    assertEquals(401, as(ann, "GET", "/account", null).status());
    assertEquals(401, tryLogin("ann@example.com", PASSWORD).status());
    assertEquals(201, tryLogin("ann@example.com", "another horse battery").status());
    for (var field : List.of("email", "beta", "allow_tracking")) {
      assertEquals(422, as(login, "PATCH", "/account", "{\"" + field + "\":true}").status());
    }
  }

  @Test
  void aLoginByPasswordGivesATokenOfItsOwn() {
    var answer = tryLogin("you@example.com", TestApi.KEY);
    assertEquals(201, answer.status(), "the machine's key stands for the password");
    assertNotEquals(TestApi.KEY, token(answer));
    ann();
    for (var wrong : List.of("", "correct horse", PASSWORD + " ", "x".repeat(5000))) {
      var refused = tryLogin("ann@example.com", wrong);
      assertEquals(401, refused.status());
      assertEquals(tryLogin("nobody@example.com", wrong).text(), refused.text());
    }
    assertEquals(401, tryLogin("", PASSWORD).status());
    assertEquals(401, api.bare("POST", "/oauth/authorizations", "{}").status());
    assertEquals(
        401,
        api.bare("GET", "/account", null, "Authorization", basic(PASSWORD)).status(),
        "password");
  }

  @Test
  void guessersWaitAndOthersDoNot() {
    var ann = ann();
    var statuses =
        java.util.stream.IntStream.range(0, 12)
            .mapToObj(_ -> tryLogin("ann@example.com", "wrong horse battery").status())
            .toList();
    assertEquals(401, statuses.getFirst());
    assertEquals(429, statuses.getLast());
    var waiting = tryLogin("ann@example.com", PASSWORD);
    assertEquals("rate_limit", waiting.json().get("id").stringValue());
    assertTrue(waiting.text().contains("Try again in "), waiting::text);
    assertEquals(200, as(ann, "GET", "/account", null).status());
    assertEquals(201, tryLogin("you@example.com", TestApi.KEY).status());
    for (var count = 0; count < 101; count++) {
      as("slipway-" + count, "GET", "/account", null);
    }
    assertEquals(429, as("slipway-x", "GET", "/account", null).status());
    assertEquals(200, as(ann, "GET", "/account", null).status());
  }

  @Test
  void authorizationsAreTheirOwnersAlone() {
    var ann = ann();
    var made = as(ann, "POST", "/oauth/authorizations", NEW_AUTHORIZATION.formatted("")).json();
    var path = "/oauth/authorizations/" + made.get("id").stringValue();
    for (var method : List.of("GET", "PATCH", "DELETE")) {
      assertEquals(404, as(TestApi.OTHER_KEY, method, path, "{}").status());
    }
    assertEquals(
        404, as(TestApi.OTHER_KEY, "POST", path + "/actions/regenerate-tokens", null).status());
    var token = made.get("access_token").get("token").stringValue();
    var shown = as(ann, "GET", path, null).json().get("access_token").get("token").stringValue();
    assertNotEquals(token, shown);
    assertTrue(token.startsWith(shown.substring(0, 12)), shown);
    var own = as(token, "GET", path, null).json().get("access_token").get("token").stringValue();
    assertEquals(token, own);
    assertEquals(200, as(ann, "DELETE", path, null).status());
    assertEquals(401, as(token, "GET", "/account", null).status());
    assertEquals(404, as(ann, "DELETE", path, null).status());
    assertEquals(404, as(ann, "GET", "/oauth/authorizations/~", null).status());
    assertEquals(200, api.get("/oauth/authorizations/~").status());
    assertEquals(422, api.send("DELETE", "/oauth/authorizations/~", null).status());
    assertEquals("session", endSession(ann).json().get("resource").stringValue());
  }

  @Test
  void lifetimesAndScopesThatCantBeAreRefused() {
    for (var bad :
        List.of(
            "\"expires_in\":0",
            "\"expires_in\":-1",
            "\"expires_in\":\"soon\"",
            "\"expires_in\":99999999999",
            "\"scope\":[\"all\"]",
            "\"scope\":\"global\"",
            "\"scope\":[7]",
            "\"description\":\"\"",
            "\"client\":\"x\"")) {
      var body = "{" + bad + "}";
      assertEquals(422, api.send("POST", "/oauth/authorizations", body).status(), bad);
    }
    assertEquals("[]", api.get("/oauth/authorizations").text().strip());
    var made = api.send("POST", "/oauth/authorizations", "{\"expires_in\":\"3600\",\"scope\":[]}");
    assertEquals(3600, made.json().get("access_token").get("expires_in").intValue());
    assertEquals("[\"global\"]", made.json().get("scope").toString());
  }

  @Test
  void aScopeIsTheLimit() {
    api.deployed("orders");
    var identity = scoped("identity");
    var read = scoped("read");
    var write = scoped("write");
    var readProtected = scoped("read-protected");
    var writeProtected = scoped("write-protected");
    for (var token : List.of(identity, read, write, readProtected, writeProtected)) {
      assertEquals(200, as(token, "GET", "/account", null).status());
      for (var path : List.of("/oauth/authorizations", "/oauth/sessions", "/account/keys")) {
        var posted = path.equals("/account/keys");
        assertEquals(403, as(token, posted ? "POST" : "GET", path, posted ? "{}" : null).status());
      }
      assertEquals(403, as(token, "POST", "/oauth/authorizations", "{}").status());
      assertEquals(403, as(token, "PATCH", "/account", "{}").status());
      assertEquals(403, as(token, "POST", "/users", "{}").status());
      assertEquals(403, as(token, "POST", "/apps/orders/collaborators", "{}").status());
      assertEquals(403, as(token, "POST", "/account/app-transfers", "{}").status());
    }
    assertReach(identity, 403, 403, 403, 403);
    assertReach(read, 200, 403, 403, 403);
    assertReach(write, 200, 403, 200, 403);
    assertReach(readProtected, 200, 200, 403, 403);
    assertReach(writeProtected, 200, 200, 200, 200);
    assertReach(scoped("read-protected\",\"write"), 200, 200, 200, 403);
    var refused = as(read, "PATCH", "/apps/orders", "{\"maintenance\":true}");
    assertEquals("forbidden", refused.json().get("id").stringValue());
    assertTrue(refused.text().contains("this takes write"), refused::text);
    assertFalse(api.get("/apps/orders").json().get("maintenance").booleanValue());
    assertEquals(201, as(read, "POST", "/apps/orders/log-sessions", "{}").status());
    assertEquals(403, as(write, "POST", "/apps/orders/dynos", "{}").status());
  }

  private void assertReach(String token, int read, int secrets, int write, int writeSecrets) {
    assertEquals(read, as(token, "GET", "/apps/orders", null).status());
    assertEquals(secrets, as(token, "GET", "/apps/orders/config-vars", null).status());
    assertEquals(secrets, as(token, "GET", "/apps/orders/releases/1/config-vars", null).status());
    assertEquals(write, as(token, "PATCH", "/apps/orders", "{}").status());
    assertEquals(writeSecrets, as(token, "PATCH", "/apps/orders/config-vars", "{}").status());
  }

  @Test
  void collaboratorsDoAllButWhatTheOwnerKeeps() {
    api.deployed("orders");
    var ann = ann();
    assertEquals(404, as(ann, "GET", "/apps/orders", null).status());
    assertEquals(404, as(ann, "GET", "/apps/orders/collaborators", null).status());
    var added = api.send("POST", "/apps/orders/collaborators", "{\"user\":\"Ann@example.com\"}");
    assertEquals("collaborator", added.json().get("role").stringValue(), added::text);
    assertEquals(1, as(ann, "GET", "/users/~/apps", null).json().size());
    assertEquals(200, as(ann, "PATCH", "/apps/orders/config-vars", "{\"A\":\"1\"}").status());
    assertEquals(200, as(ann, "PATCH", "/apps/orders", "{\"maintenance\":true}").status());
    assertEquals(202, as(ann, "DELETE", "/apps/orders/dynos", null).status());
    assertEquals(403, as(ann, "DELETE", "/apps/orders", null).status());
    assertEquals(403, as(ann, "PATCH", "/apps/orders", "{\"name\":\"mine\"}").status());
    var other = "{\"user\":\"other@example.com\"}";
    assertEquals(403, as(ann, "POST", "/apps/orders/collaborators", other).status());
    assertEquals(201, api.send("POST", "/apps/orders/collaborators", other).status());
    var path = "/apps/orders/collaborators/";
    assertEquals(403, as(ann, "DELETE", path + "other@example.com", null).status());
    assertEquals(403, as(ann, "DELETE", path + "you@example.com", null).status());
    assertEquals(422, api.send("DELETE", path + "you@example.com", null).status());
    var transfer = "{\"app\":\"orders\",\"recipient\":\"ann@example.com\"}";
    assertEquals(403, as(ann, "POST", "/account/app-transfers", transfer).status());
    assertEquals(200, as(ann, "DELETE", path + "ann@example.com", null).status());
    assertEquals(404, as(ann, "GET", "/apps/orders", null).status());
    assertEquals(404, as(ann, "POST", "/account/app-transfers", transfer).status());
    assertEquals(200, api.get("/apps/orders").status());
  }

  @Test
  void accessIsGivenOnceAndToWhoIsThere() {
    api.deployed("orders");
    ann();
    for (var wrong :
        List.of(
            "you@example.com 422",
            "nobody@example.com 404",
            "ann@example.com 201",
            "ann@example.com 422")) {
      var parts = wrong.split(" ", -1);
      var body = "{\"user\":\"" + parts[0] + "\"}";
      var status = api.send("POST", "/apps/orders/collaborators", body).status();
      assertEquals(Integer.parseInt(parts[1]), status, wrong);
    }
    assertEquals(404, api.get("/apps/orders/collaborators/other@example.com").status());
    assertEquals(200, api.get("/apps/orders/collaborators/ann@example.com").status());
  }

  @Test
  void anAppGivenAwayCanBeGivenBack() {
    api.deployed("orders");
    var ann = ann();
    api.send("POST", "/apps/orders/collaborators", "{\"user\":\"ann@example.com\"}");
    couple(TestApi.KEY, "orders");
    var given =
        api.send(
            "POST",
            "/account/app-transfers",
            "{\"app\":\"orders\",\"recipient\":\"ann@example.com\"}");
    assertEquals("accepted", given.json().get("state").stringValue());
    var access = as(ann, "GET", "/apps/orders/collaborators", null).json();
    assertEquals(2, access.size());
    assertEquals(404, as(ann, "GET", "/apps/orders/pipeline-couplings", null).status());
    assertEquals(403, api.send("DELETE", "/apps/orders", null).status());
    var back = "{\"app\":\"orders\",\"recipient\":\"%s\"}";
    assertEquals(
        422, as(ann, "POST", "/account/app-transfers", back.formatted("ann@example.com")).status());
    assertEquals(
        404, as(ann, "POST", "/account/app-transfers", back.formatted("bob@example.com")).status());
    assertEquals(
        201, as(ann, "POST", "/account/app-transfers", back.formatted("you@example.com")).status());
    assertEquals(200, api.send("DELETE", "/apps/orders", null).status());
  }

  @Test
  void aKeyBelongsToOneAccount() {
    var key =
        "ssh-ed25519" + " AAAAC3NzaC1lZDI1NTE5AAAAIJCyw1o5Nxv06stuWrm2sH5qx5I8dw0w0dijm/2YTYbQ";
    var body = "{\"public_key\":\"" + key + " mine\"}";
    var added = api.send("POST", "/account/keys", body);
    assertEquals(201, added.status(), added::text);
    assertEquals(422, api.send("POST", "/account/keys", body).status());
    var again = body.replace("mine", "other");
    assertEquals(422, as(TestApi.OTHER_KEY, "POST", "/account/keys", again).status());
    var path = "/account/keys/" + added.json().get("id").stringValue();
    assertEquals(404, as(TestApi.OTHER_KEY, "DELETE", path, null).status());
    var print = added.json().get("fingerprint").stringValue().replace("/", "%2F");
    assertEquals(200, api.get("/account/keys/" + print).status());
    assertEquals(200, api.send("DELETE", path, null).status());
    assertEquals(201, as(TestApi.OTHER_KEY, "POST", "/account/keys", again).status());
  }

  private void couple(String token, String app) {
    var pipeline = as(token, "POST", "/pipelines", "{\"name\":\"line\"}").json();
    var body =
        "{\"pipeline\":\"%s\",\"app\":\"%s\",\"stage\":\"staging\"}"
            .formatted(pipeline.get("id").stringValue(), app);
    assertEquals(201, as(token, "POST", "/pipeline-couplings", body).status());
  }

  /// A token of an account that was added.
  private String ann() {
    new Users(api.url(), new Secret(TestApi.KEY)).add("ann@example.com", null, secret(PASSWORD));
    return login(PASSWORD);
  }

  private String login(String password) {
    return token(tryLogin("ann@example.com", password));
  }

  private TestApi.Answer tryLogin(String email, String password) {
    var pair = email + ":" + password;
    return api.bare(
        "POST",
        "/oauth/authorizations",
        NEW_AUTHORIZATION.formatted(",\"expires_in\":60,\"scope\":[\"global\"]"),
        "Authorization",
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }

  private static String basic(String password) {
    var pair = "ann@example.com:" + password;
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private String scoped(String scope) {
    var body = NEW_AUTHORIZATION.formatted(",\"scope\":[\"" + scope + "\"]");
    return token(api.send("POST", "/oauth/authorizations", body));
  }

  private TestApi.Answer endSession(String token) {
    return as(token, "DELETE", "/oauth/sessions/~", null);
  }

  private TestApi.Answer as(String token, String method, String path, @Nullable String body) {
    return api.bare(method, path, body, "Authorization", "Bearer " + token);
  }

  private static String token(TestApi.Answer answer) {
    return answer.json().get("access_token").get("token").stringValue();
  }

  private static Secret secret(String text) {
    return new Secret(text);
  }

  private static void assertRefused(
      ErrorCode code, org.junit.jupiter.api.function.Executable attempt) {
    assertEquals(code, assertThrows(UserError.class, attempt).problem().code());
  }
}
