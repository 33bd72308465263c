package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The stock `heroku` CLI, unmodified, with a home of its own. It is found at the system property
/// `heroku.cli`, on the PATH, or where `slipway` installs it. What each command came to is kept,
/// and makes the table of `docs/reference/heroku-cli.md`.
final class HerokuCli {
  private static final long LONGEST_SECONDS = 60;

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

  /// Runs the command, which may end as it likes, and gives what is wrong with how it does.
  Optional<String> complaint(List<String> arguments) throws Exception {
    var process = start(arguments.toArray(String[]::new));
    var ended = process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    var command = String.join(" ", arguments);
    if (!ended) {
      return Optional.of(command + " did not end: " + text);
    }
    if (text.isBlank() && process.exitValue() != 0) {
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
    var shown = new StringBuilder();
    try (var typing = process.outputWriter(StandardCharsets.UTF_8)) {
      for (var answer : answers.entrySet()) {
        readUntil(process, answer.getKey(), shown);
        typing.write(answer.getValue());
        typing.flush();
      }
      shown.append(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
    assertTrue(process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS));
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

  private record End(int status, String text) {
    boolean says(String expected) {
      return withoutLayout(text).contains(withoutLayout(expected));
    }

    /// The client lays tables out by the terminal it thinks it has, and by `CI`.
    private static String withoutLayout(String text) {
      return text.replaceAll("\\s+", " ");
    }
  }

  private static End end(Process process) throws Exception {
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS));
    return new End(process.exitValue(), text);
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
