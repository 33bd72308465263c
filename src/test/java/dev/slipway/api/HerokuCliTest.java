package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The stock `heroku` CLI, unmodified, against the real server. Runs where it is found: at the
/// system property `heroku.cli`, on the PATH, or where `slipway` installs it.
class HerokuCliTest {
  private static final long LONGEST_SECONDS = 60;

  private @TempDir Path home;
  private TestApi api;
  private LocalCertificate certificate;
  private Path work;
  private String cli;

  @BeforeEach
  void start() throws Exception {
    var found = find();
    assumeTrue(found.isPresent(), "skipped: the heroku CLI is not installed");
    cli = found.orElseThrow();
    certificate = LocalCertificate.in(home);
    api = new TestApi(home, certificate.certificate(), certificate.privateKey());
    work = Files.createDirectory(home.resolve("work"));
    run("git", "init", "-q", "-b", "main");
    var terms = home.resolve(".cache/heroku/terms-of-service");
    Files.createDirectories(terms.getParent());
    Files.createFile(terms);
  }

  @AfterEach
  void stop() {
    if (api != null) {
      api.close();
    }
  }

  @Test
  void anAppLivesItsLife() throws Exception {
    says("you@example.com", "auth:whoami");
    says("http://orders.localhost/ | https://localhost:", "apps:create", "orders");
    says("orders", "apps");
    says("Stack:          container", "apps:info", "-a", "orders");
    says("done, v2", "config:set", "GREETING=hello {{world}}", "EMPTY=", "-a", "orders");
    says("GREETING: hello {{world}}", "config", "-a", "orders");
    says("done, v3", "config:unset", "EMPTY", "-a", "orders");
    says("v3   Set config vars", "releases", "-a", "orders");
    says("Change:                 Set config vars", "releases:info", "v2", "-a", "orders");
    says("Enabling maintenance mode", "maintenance:on", "-a", "orders");
    says("on", "maintenance", "-a", "orders");
    says("Disabling maintenance mode", "maintenance:off", "-a", "orders");
    says("Adding www.example.com", "domains:add", "www.example.com", "-a", "orders");
    says("www.example.com   CNAME", "domains", "-a", "orders");
    says("Removing www.example.com", "domains:remove", "www.example.com", "-a", "orders");
    says("app[api]: Set config vars by someone", "logs", "-a", "orders");
    says("(including all add-ons)... done", "apps:destroy", "-a", "orders", "-c", "orders");
    var gone = heroku("apps:info", "-a", "orders");
    assertTrue(gone.contains("Couldn't find that app."), gone);
  }

  @Test
  void aPushByHttpsRunsScalesRestartsAndRollsBack() throws Exception {
    heroku("apps:create", "orders", "--no-remote");
    says("set git remote heroku to https://localhost:", "git:remote", "-a", "orders");
    Files.writeString(work.resolve("Procfile"), "web: npm start");
    run("git", "add", "-A");
    run("git", "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "one");
    var pushed = run("git", "push", "heroku", "main");
    assertTrue(pushed.contains("remote:        Released v2"), pushed);
    says("web.1: up", "ps", "-a", "orders");
    says("now running web at 2:Standard-1X", "ps:scale", "web=2", "-a", "orders");
    says("now running web at 3:Standard-2X", "ps:scale", "web+1:standard-2x", "-a", "orders");
    says("Restarting all dynos", "ps:restart", "-a", "orders");
    says("Restarting dyno web.1", "ps:restart", "-d", "web.1", "-a", "orders");
    says("Restarting all web dynos", "ps:restart", "-p", "web", "-a", "orders");
    says("done, v3", "config:set", "A=1", "-a", "orders");
    says("Rolling back orders to v2... done, v4", "rollback", "-a", "orders");
    says("Rolling back orders to v3... done, v5", "rollback", "v3", "-a", "orders");
    assertEquals(
        List.of("restart All[]", "restart One[name=web.1]", "restart OfType[type=web]"),
        api.operations.asked);
  }

  @Test
  void aTailShowsWhatComes() throws Exception {
    heroku("apps:create", "orders", "--no-remote");
    var app = api.apps.get("orders").id();
    var tail = start(cli, "logs", "--tail", "-a", "orders");
    var output = tail.inputReader(StandardCharsets.UTF_8);
    try {
      var line = output.readLine();
      while (line != null && !line.contains("Initial release")) {
        line = output.readLine();
      }
      api.logs.platform(app, "web.1", "State changed from starting to up");
      var next = output.readLine();
      assertTrue(next != null && next.contains("heroku[web.1]: State changed"), next);
    } finally {
      tail.descendants().forEach(ProcessHandle::destroy);
      tail.destroy();
    }
  }

  private void says(String expected, String... arguments) throws Exception {
    var said = heroku(arguments);
    assertTrue(
        withoutLayout(said).contains(withoutLayout(expected)),
        () -> Arrays.toString(arguments) + " said: " + said);
  }

  /// The client lays tables out by the terminal it thinks it has, and by `CI`.
  private static String withoutLayout(String text) {
    return text.replaceAll("\\s+", " ");
  }

  private String heroku(String... arguments) throws Exception {
    var command = new ArrayList<>(List.of(cli));
    command.addAll(Arrays.asList(arguments));
    return run(command.toArray(new String[0]));
  }

  private String run(String... command) throws Exception {
    var process = start(command);
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS));
    return text;
  }

  private Process start(String... command) throws IOException {
    var builder =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"));
    var url = "http://localhost:" + api.api.httpPort();
    builder
        .environment()
        .putAll(
            Map.of(
                "HOME",
                home.toString(),
                "HEROKU_HOST",
                url,
                "HEROKU_API_KEY",
                TestApi.KEY,
                "HEROKU_PARTICLEBOARD_URL",
                url,
                "HEROKU_GIT_HOST",
                "localhost:" + api.api.tlsPort(),
                "HEROKU_DISABLE_AUTOUPDATE",
                "1",
                "HEROKU_SKIP_NEW_VERSION_CHECK",
                "1",
                "DISABLE_TELEMETRY",
                "true",
                "GIT_TERMINAL_PROMPT",
                "0",
                "PATH",
                Path.of(cli).getParent() + ":" + path()));
    builder.environment().put("NODE_EXTRA_CA_CERTS", certificate.certificate().toString());
    builder.environment().put("GIT_SSL_CAINFO", certificate.certificate().toString());
    builder.environment().put("COLUMNS", "200");
    builder.environment().remove("XDG_CACHE_HOME");
    return builder.start();
  }

  private static Optional<String> find() {
    return Stream.concat(
            Stream.of(
                    System.getProperty("heroku.cli"),
                    System.getenv("SLIPWAY_HOME") + "/tools/node_modules/.bin/heroku")
                .filter(java.util.Objects::nonNull),
            Arrays.stream(path().split(File.pathSeparator, -1)).map(each -> each + "/heroku"))
        .filter(each -> Files.isExecutable(Path.of(each)))
        .findFirst();
  }

  private static String path() {
    @Nullable String path = System.getenv("PATH");
    return path == null ? "" : path;
  }
}
