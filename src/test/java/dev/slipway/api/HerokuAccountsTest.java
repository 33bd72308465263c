package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.accounts.EmailAddress;
import dev.slipway.core.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Accounts, tokens, access and keys by the stock client.
class HerokuAccountsTest {
  private static final String PASSWORD = "correct horse battery";
  private static final Pattern ID = Pattern.compile("ID:\\s+([0-9a-f-]{36})");
  private static final Pattern TOKEN = Pattern.compile("slipway-[A-Za-z0-9_-]{43}");

  private @TempDir Path home;
  private TestApi api;
  private LocalCertificate certificate;
  private HerokuCli owner;

  @BeforeEach
  void start() throws Exception {
    HerokuCli.assumeInstalled();
    certificate = LocalCertificate.in(home);
    api = new TestApi(home, certificate.certificate(), certificate.privateKey());
    owner = HerokuCli.of(api, home.resolve("owner"), certificate);
    api.accounts.add(new EmailAddress("ann@example.com"), "Ann", new Secret(PASSWORD));
  }

  @AfterEach
  void stop() {
    if (api != null) {
      api.close();
    }
  }

  @Test
  void annLogsInWorksAndLogsOut() throws Exception {
    var ann = HerokuCli.of(api, home.resolve("ann"), certificate, null);
    ann.set("HEROKU_NETRC_WRITE", "true");
    ann.fails("not logged in", "auth:whoami");
    var answers = new LinkedHashMap<String, String>();
    answers.put("Email", "ann@example.com\r");
    answers.put("Password", PASSWORD + "\r");
    var shown = ann.onTerminal(answers, "login", "-i", "-e", "600");
    assertTrue(shown.contains("Logged in as ann@example.com"), shown);
    assertFalse(shown.contains(PASSWORD), shown);
    ann.says("ann@example.com", "auth:whoami");
    ann.says("token will expire today at", "auth:token");
    ann.says("Two-factor authentication is not enabled", "auth:2fa");
    ann.fails("this command has been removed", "auth:2fa:disable");
    ann.says("Heroku CLI login from", "authorizations");
    ann.says("No OAuth sessions.", "sessions");
    ann.fails("Couldn't find that session.", "sessions:destroy", "1");
    ann.says("", "accounts:add", "home");
    ann.says("", "accounts:remove", "home");
    ann.says("", "accounts:add", "work");
    ann.says("work", "accounts");
    ann.says("", "accounts:set", "work");
    ann.says("Current account is work", "accounts:current");
    ann.says("Logging out... done", "logout");
    ann.fails("not logged in", "auth:whoami");
    assertEquals(
        0,
        api.accounts
            .authorizations()
            .list(api.accounts.find("ann@example.com").orElseThrow().id())
            .size());
  }

  /// The browser is a script that fills in the form.
  @Test
  void bobLogsInByBrowser() throws Exception {
    var bob = HerokuCli.of(api, home.resolve("bob"), certificate, null);
    bob.set("HEROKU_NETRC_WRITE", "true");
    var browser = bob.work().resolve("browser");
    Files.writeString(
        browser,
        "#!/bin/sh\ncurl -sf -d email=ann@example.com -d 'password=%s' \"$1\"\n"
            .formatted(PASSWORD.replace(" ", "+")));
    assertTrue(browser.toFile().setExecutable(true));
    var shown =
        bob.onTerminal(Map.of("Press any key", "b"), "login", "--browser", browser.toString());
    assertTrue(shown.contains("Logged in as ann@example.com"), shown);
    bob.says("Heroku CLI login from", "sessions");
    bob.says("No OAuth authorizations.", "authorizations");
    var session = bob.heroku("sessions", "--json");
    bob.says("done", "sessions:destroy", first(Pattern.compile("[0-9a-f-]{36}"), session, 0));
    bob.fails("Invalid credentials provided.", "auth:whoami");
    bob.says("Logging out... done", "logout");
    var ann = api.accounts.find("ann@example.com").orElseThrow();
    assertEquals(0, api.accounts.authorizations().list(ann.id()).size());
  }

  @Test
  void authorizationsAreMadeShownRenewedAndRevoked() throws Exception {
    owner.says("No OAuth authorizations.", "authorizations");
    var made = owner.succeeds("authorizations:create", "-d", "nightly", "-e", "3600", "-s", "read");
    assertTrue(made.contains("Expires at") && made.contains("in about 1 hour"), made);
    var id = first(ID, made, 1);
    var token = first(TOKEN, made, 0);
    owner.says("nightly", "authorizations");
    owner.says("Description: nightly Scope: read", "authorizations:info", id);
    owner.says("Description: weekly", "authorizations:update", id, "-d", "weekly");
    var reader = HerokuCli.of(api, home.resolve("reader"), certificate, token);
    reader.says("you@example.com", "auth:whoami");
    reader.fails("it is read, and this", "apps:create", "orders");
    var rotated = first(TOKEN, owner.succeeds("authorizations:rotate", id), 0);
    reader.fails("Invalid credentials provided.", "auth:whoami");
    reader.set("HEROKU_API_KEY", rotated);
    reader.says("you@example.com", "auth:whoami");
    owner.says("done, revoked authorization from weekly", "authorizations:revoke", id);
    reader.fails("Invalid credentials provided.", "auth:whoami");
    owner.fails("Couldn't find that authorization.", "authorizations:info", id);
    owner.fails("scope must be of", "authorizations:create", "-s", "everything");
    owner.says("No OAuth clients.", "clients");
    owner.fails("There are no OAuth clients here", "clients:create", "x", "https://example.com/");
    owner.fails("Couldn't find that client.", "clients:info", id);
    owner.says("slipway-", "authorizations:create", "-S");
  }

  @Test
  void accessIsGivenUsedAndTaken() throws Exception {
    owner.heroku("apps:create", "orders", "--no-remote");
    var ann = HerokuCli.of(api, home.resolve("ann"), certificate, tokenOfAnn());
    ann.fails("Couldn't find that app.", "apps:info", "-a", "orders");
    owner.says("Adding ann@example.com access", "access:add", "ann@example.com", "-a", "orders");
    owner.says("ann@example.com collaborator", "access", "-a", "orders");
    owner.fails("Couldn't find that user.", "access:add", "nobody@example.com", "-a", "orders");
    owner.fails(
        "cannot update permissions",
        "access:update",
        "ann@example.com",
        "-p",
        "deploy",
        "-a",
        "orders");
    ann.says("orders (local) you@example.com", "apps");
    ann.says("done, v2", "config:set", "A=1", "-a", "orders");
    pushes(ann);
    ann.fails("Only the owner of orders", "apps:destroy", "-a", "orders", "-c", "orders");
    ann.fails("Only the owner of orders", "access:add", "other@example.com", "-a", "orders");
    owner.fails("There are no teams here.", "apps:lock", "-a", "orders");
    owner.fails("There are no teams here.", "apps:unlock", "-a", "orders");
    owner.fails("There are no teams here.", "apps:join", "-a", "orders");
    owner.says("Initiating transfer of orders", "apps:transfer", "ann@example.com", "-a", "orders");
    ann.says("Initiating transfer of orders", "apps:transfer", "you@example.com", "-a", "orders");
    ann.says("Leaving", "apps:leave", "-a", "orders");
    ann.fails("Couldn't find that app.", "apps:info", "-a", "orders");
    owner.says("Adding ann@example.com access", "access:add", "ann@example.com", "-a", "orders");
    owner.says("Removing ann@example.com", "access:remove", "ann@example.com", "-a", "orders");
    ann.fails("Couldn't find that app.", "config", "-a", "orders");
  }

  private void pushes(HerokuCli ann) throws Exception {
    ann.run("git", "init", "-q", "-b", "main");
    ann.says("set git remote heroku", "git:remote", "-a", "orders");
    Files.writeString(ann.work().resolve("Procfile"), "web: npm start");
    ann.run("git", "add", "-A");
    ann.run("git", "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "one");
    var pushed = ann.run("git", "push", "heroku", "main");
    assertTrue(pushed.contains("Released v3"), pushed);
    ann.says("v3 Deploy", "releases", "-a", "orders");
  }

  @Test
  void keysComeAndGo() throws Exception {
    var file = owner.work().resolve("id_ed25519");
    owner.run(
        "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "me@laptop", "-f", file.toString());
    owner.says("You have no SSH keys.", "keys");
    owner.fails("private key", "keys:add", file.toString());
    owner.says("Uploading", "keys:add", file + ".pub");
    owner.fails("is on an account already", "keys:add", file + ".pub");
    owner.says("ssh-ed25519 AAAAC3NzaC", "keys");
    owner.says("me@laptop", "keys", "--long");
    owner.fails("not found", "keys:remove", "you@desk");
    owner.says("Removing me@laptop SSH key... done", "keys:remove", "me@laptop");
    owner.heroku("keys:add", file + ".pub");
    owner.says("Removing all SSH keys... done", "keys:clear");
    owner.fails("No SSH keys on account", "keys:remove", "me@laptop");
  }

  private String tokenOfAnn() {
    var ann = api.accounts.find("ann@example.com").orElseThrow();
    return api.accounts
        .authorizations()
        .add(
            ann.id(),
            "test",
            java.util.Set.of(dev.slipway.accounts.Scope.GLOBAL),
            dev.slipway.accounts.Authorization.Maker.TOKEN,
            null)
        .token()
        .reveal();
  }

  private static String first(Pattern pattern, String text, int group) {
    var match = pattern.matcher(text);
    assertTrue(match.find(), text);
    return match.group(group);
  }
}
