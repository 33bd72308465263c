package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The stock `heroku` CLI, unmodified, with a home of its own. It is found at the system property
/// `heroku.cli`, on the PATH, or where `slipway` installs it. What each command came to is kept,
/// and makes the table of `docs/reference/heroku-cli.md`.
final class HerokuCli {
  private static final Duration LONGEST = Duration.ofSeconds(60);

  /// In place of the status of a program that had to be killed.
  static final int NOT_ENDED = -1;

  /// The discard port, where nothing listens.
  private static final String NOWHERE = "http://127.0.0.1:9";

  private final String executable;
  private final Path work;
  private final Map<String, String> environment;

  private HerokuCli(String executable, Path work, Map<String, String> environment) {
    this.executable = executable;
    this.work = work;
    this.environment = environment;
  }

  /// Skips the test, and says so, where the client is not installed.
  static void assumeInstalled() {
    assumeTrue(find().isPresent(), "skipped: the heroku CLI is not installed");
  }

  /// A client of the server, acting as its owner, in an empty directory below `home`.
  static HerokuCli of(TestApi api, Path home, LocalCertificate certificate) throws IOException {
    return of(api, home, certificate, TestApi.KEY);
  }

  /// The same, acting as whoever has the key; null for nobody yet.
  static HerokuCli of(TestApi api, Path home, LocalCertificate certificate, @Nullable String key)
      throws IOException {
    var terms = home.resolve(".cache/heroku/terms-of-service");
    Files.createDirectories(terms.getParent());
    if (!Files.exists(terms)) {
      Files.createFile(terms);
    }
    var url = "http://localhost:" + api.api.httpPort();
    var executable = find().orElseThrow();
    var environment = new TreeMap<String, String>();
    environment.put("HOME", home.toString());
    environment.put("HEROKU_HOST", url);
    environment.put("HEROKU_PARTICLEBOARD_URL", url);
    environment.put("HEROKU_GIT_HOST", "localhost:" + api.api.tlsPort());
    environment.put("HEROKU_DATA_HOST", "localhost");
    environment.put("HEROKU_LOGIN_HOST", url);
    environment.put("HEROKU_STATUS_HOST", url);
    environment.put("HEROKU_BUILDPACK_REGISTRY_URL", url);
    environment.putAll(wall());
    environment.put("HEROKU_DISABLE_AUTOUPDATE", "1");
    environment.put("HEROKU_SKIP_NEW_VERSION_CHECK", "1");
    environment.put("DISABLE_TELEMETRY", "true");
    environment.put("GIT_TERMINAL_PROMPT", "0");
    environment.put("PATH", Path.of(executable).getParent() + ":" + path());
    environment.put("NODE_EXTRA_CA_CERTS", certificate.certificate().toString());
    environment.put("GIT_SSL_CAINFO", certificate.certificate().toString());
    environment.put("COLUMNS", "200");
    if (key != null) {
      environment.put("HEROKU_API_KEY", key);
    }
    var work = Files.createDirectories(home.resolve("work"));
    return new HerokuCli(executable, work, environment);
  }

  /// Some hosts are fixed in the client: it reaches all that is not this machine by a proxy that is
  /// not there. Programs that it starts may read the small letters.
  private static Map<String, String> wall() {
    var wall = new TreeMap<String, String>();
    for (var proxy : List.of("HTTP_PROXY", "HTTPS_PROXY")) {
      wall.put(proxy, NOWHERE);
      wall.put(proxy.toLowerCase(Locale.ROOT), NOWHERE);
    }
    wall.put("NO_PROXY", "localhost,127.0.0.1");
    wall.put("no_proxy", "localhost,127.0.0.1");
    return wall;
  }

  /// Where commands are run.
  Path work() {
    return work;
  }

  /// Sets one more variable of the client's environment.
  void set(String name, String value) {
    environment.put(name, value);
  }

  /// Runs the command, which must succeed and say that, layout aside.
  void says(String expected, String... arguments) throws Exception {
    var end = end(start(arguments));
    var passed = end.status() == 0 && end.says(expected);
    HerokuCommands.record(arguments[0], passed, "");
    assertEquals(0, end.status(), () -> Arrays.toString(arguments) + " said: " + end.text());
    assertTrue(end.says(expected), () -> Arrays.toString(arguments) + " said: " + end.text());
  }

  /// Notes that the command passed, which a test ran by other means, such as a shell.
  void passed(String command) {
    HerokuCommands.record(command, true, "");
  }

  /// Runs the command, which must fail and say that, layout aside, and show no stack trace.
  void fails(String expected, String... arguments) throws Exception {
    var end = end(start(arguments));
    assertNotEquals(0, end.status(), () -> Arrays.toString(arguments) + " said: " + end.text());
    assertTrue(end.says(expected), () -> Arrays.toString(arguments) + " said: " + end.text());
    assertTrue(!end.text().contains("    at "), end::text);
  }

  /// Runs the command, which must succeed, and gives what it writes.
  String succeeds(String... arguments) throws Exception {
    return successful(arguments[0], end(start(arguments)));
  }

  /// Runs the command by another program, such as a terminal, that ends as the command does. It
  /// must succeed; gives what it writes.
  String succeedsBy(String command, String... program) throws Exception {
    return successful(command, end(launch(program)));
  }

  private static String successful(String command, End end) {
    HerokuCommands.record(command, end.status() == 0, "");
    assertEquals(0, end.status(), () -> command + " said: " + end.text());
    return end.text();
  }

  /// Runs the command, which may end as it likes, and gives what is wrong with how it does.
  Optional<String> complaint(List<String> arguments) throws Exception {
    var command = String.join(" ", arguments);
    var end = endInTime(start(arguments.toArray(String[]::new)), LONGEST);
    if (end.status() == NOT_ENDED) {
      return Optional.of(command + " did not end: " + end.text());
    }
    var text = end.text();
    if (text.isBlank() && end.status() != 0) {
      return Optional.of(command + " failed and said nothing");
    }
    return text.contains("    at ") || text.contains("Cannot read properties of")
        ? Optional.of(command + " showed a stack trace: " + text)
        : Optional.empty();
  }

  /// The client's own list of its commands.
  JsonNode manifest() throws IOException {
    var program = Path.of(executable).toRealPath();
    return TestApi.JSON.readTree(
        Files.readString(program.resolveSibling("../oclif.manifest.json").normalize()));
  }

  /// Runs the command and gives what it writes, however it ends.
  String heroku(String... arguments) throws Exception {
    return end(start(arguments)).text();
  }

  /// Runs the command on a terminal of its own, types each answer when its question is shown, and
  /// gives all that the terminal showed. The command must succeed.
  String onTerminal(Map<String, String> answers, String... arguments) throws Exception {
    var line = executable + " " + String.join(" ", arguments);
    var end = typed(answers, line);
    HerokuCommands.record(arguments[0], end.status() == 0, "");
    assertEquals(0, end.status(), end::text);
    return end.text();
  }

  /// Runs a shell's commands on a terminal of 97 by 31 characters, and types likewise. What is
  /// shown is also in the file `shown` of the directory in which they run.
  String inWindow(Map<String, String> answers, String commands) throws Exception {
    Files.writeString(work.resolve("commands.sh"), "stty cols 97 rows 31\n" + commands);
    return typed(answers, "sh commands.sh").text();
  }

  private End typed(Map<String, String> answers, String line) throws Exception {
    var process =
        builder(
                "script",
                "--quiet",
                "--return",
                "--flush",
                "--echo",
                "never",
                "--command",
                line,
                "shown")
            .start();
    // Its reads end with it.
    CompletableFuture.delayedExecutor(LONGEST.toSeconds(), TimeUnit.SECONDS)
        .execute(() -> kill(process));
    var shown = new StringBuilder();
    try (var typing = process.outputWriter(StandardCharsets.UTF_8)) {
      for (var answer : answers.entrySet()) {
        readUntil(process, answer.getKey(), shown);
        typing.write(answer.getValue());
        typing.flush();
      }
      shown.append(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
    assertTrue(process.waitFor(LONGEST));
    return new End(
        process.exitValue(), shown.toString().replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", ""));
  }

  private static void readUntil(Process process, String question, StringBuilder shown)
      throws IOException {
    var from = shown.length();
    while (shown.indexOf(question, from) < 0) {
      var next = process.getInputStream().read();
      assertTrue(next >= 0, () -> "no " + question + " in: " + shown);
      shown.append((char) next);
    }
  }

  /// Runs another program in the same environment, and gives what it writes.
  String run(String... command) throws Exception {
    return end(launch(command)).text();
  }

  /// Starts the client; the caller ends it.
  Process start(String... arguments) throws IOException {
    return launch(
        Stream.concat(Stream.of(executable), Arrays.stream(arguments)).toArray(String[]::new));
  }

  /// How a program ended.
  ///
  /// @param status its exit status, or NOT_ENDED
  record End(int status, String text) {
    boolean says(String expected) {
      return withoutLayout(text).contains(withoutLayout(expected));
    }

    /// The client lays tables out by the terminal it thinks it has, and by `CI`.
    private static String withoutLayout(String text) {
      return text.replaceAll("\\s+", " ");
    }
  }

  private static End end(Process process) throws InterruptedException {
    var end = endInTime(process, LONGEST);
    assertNotEquals(NOT_ENDED, end.status(), () -> "did not end within " + LONGEST + ": " + end);
    return end;
  }

  /// Waits for the process and for all that write where it does. What takes longer is killed; then
  /// the status says so, and the text is what had come.
  static End endInTime(Process process, Duration limit) throws InterruptedException {
    var begin = System.nanoTime();
    var text = new ByteArrayOutputStream();
    var reader = Thread.ofPlatform().daemon().start(() -> read(process, text));
    var ended = reader.join(limit) && process.waitFor(limit.minusNanos(System.nanoTime() - begin));
    if (!ended) {
      kill(process);
      process.waitFor(Duration.ofSeconds(1));
      reader.join(Duration.ofSeconds(1));
    }
    return new End(ended ? process.exitValue() : NOT_ENDED, text.toString(StandardCharsets.UTF_8));
  }

  private static void read(Process process, ByteArrayOutputStream text) {
    try {
      process.getInputStream().transferTo(text);
    } catch (IOException e) {
      // It was killed: what came until then is there.
    }
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private Process launch(String... command) throws IOException {
    return builder(command).redirectInput(new File("/dev/null")).start();
  }

  private ProcessBuilder builder(String... command) {
    var builder = new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true);
    builder.environment().remove("XDG_CACHE_HOME");
    builder.environment().remove("HEROKU_API_KEY");
    builder.environment().putAll(environment);
    return builder;
  }

  private static Optional<String> find() {
    return Stream.concat(
            Stream.of(
                    System.getProperty("heroku.cli"),
                    System.getenv().getOrDefault("SLIPWAY_HOME", "/var/lib/slipway")
                        + "/tools/node_modules/.bin/heroku")
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
