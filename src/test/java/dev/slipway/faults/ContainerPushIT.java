package dev.slipway.faults;

import static dev.slipway.testing.Await.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.api.HerokuCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Images that docker builds on this machine, pushed and released by the stock client.
@Tag("docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContainerPushIT {
  private static final Path HOSTS = Path.of("/etc/hosts");
  private static final String NAMES =
      "127.0.0.1 api.localhost registry.localhost registry.localhost:7443 # a test of Slipway";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// What a command wrote, and how it ended.
  private record Ended(int status, String said) {}

  @TempDir Path directory;
  private final FaultApp app = FaultApp.create();

  @BeforeAll
  void knowTheNames() throws IOException {
    Files.writeString(HOSTS, NAMES + "\n", StandardOpenOption.APPEND);
  }

  @AfterAll
  void clean() throws IOException {
    app.close();
    var others = Files.readAllLines(HOSTS).stream().filter(line -> !line.equals(NAMES)).toList();
    Files.writeString(HOSTS, String.join("\n", others) + "\n");
    for (var image : List.of(image("web"), image("worker"))) {
      new ProcessBuilder("docker", "image", "rm", "--force", image).start();
    }
  }

  @Test
  void webAndWorkerArePushedReleasedAndPulled() throws Exception {
    write("web", "first");
    write("worker", "first");
    assertTrue(passes("container:login").contains("Login Succeeded"));
    var pushed = passes("container:push", "--recursive", "-a", app.name());
    assertTrue(pushed.contains("Your images have been successfully pushed"), pushed);
    passes("container:release", "web", "worker", "-a", app.name());
    awaitAnswer("first");
    assertEquals(200, scaled("worker", 1));
    await("the worker runs", PATIENCE, () -> app.containers().size() == 2);

    write("web", "second");
    passes("container:push", "web", "--recursive", "-a", app.name());
    assertEquals("first", app.get("/").body().strip());
    passes("container:release", "web", "-a", app.name());
    awaitAnswer("second");
    var releases = app.releases();
    var description = releases.getLast().path("description").asString();
    assertTrue(description.matches("Deployed web \\([0-9a-f]{12}\\)"), description);

    // What was released already is no new release.
    passes("container:release", "web", "-a", app.name());
    passes("container:pull", "web", "-a", app.name());
    passes("container:rm", "worker", "-a", app.name());
    await("the worker is gone", PATIENCE, () -> app.containers().size() == 1);
    passes("container:logout");
    assertEquals("second", app.get("/").body().strip());
  }

  @Test
  void anImageOfAnotherAppIsNotReleased() throws Exception {
    var refused = run("container:release", "web", "-a", app.name() + "-x");
    assertTrue(refused.status() != 0, refused.said());
    assertTrue(refused.said().contains("find that app"), refused.said());
    var never = run("container:release", "clock", "-a", app.name());
    assertTrue(never.status() != 0, never.said());
    assertTrue(!never.said().contains("    at "), never.said());
  }

  private void awaitAnswer(String text) {
    await(text + " answers", PATIENCE, () -> app.get("/").body().strip().equals(text));
  }

  private int scaled(String type, int quantity) {
    var wanted = Api.json(Map.of("quantity", quantity));
    return Api.call("PATCH", app.path("formation/" + type), wanted).status();
  }

  private String image(String type) {
    return "registry.localhost:7443/" + app.name() + "/" + type;
  }

  private void write(String type, String answer) throws IOException {
    var run =
        type.equals("web")
            ? "[\"perl\", \"/serve.pl\", \"" + answer + "\"]"
            : "[\"sleep\", \"infinity\"]";
    Files.writeString(directory.resolve("serve.pl"), SERVER);
    Files.writeString(
        directory.resolve("Dockerfile." + type),
        "FROM debian:trixie-slim\nCOPY serve.pl /\nCMD " + run + "\n");
  }

  private static final String SERVER =
      """
      use IO::Socket::INET;
      my $server = IO::Socket::INET->new(LocalPort => $ENV{PORT}, Listen => 64, ReuseAddr => 1)
          or die "can't listen: $!";
      $SIG{TERM} = sub { exit 0 };
      while (my $client = $server->accept) {
        while (defined(my $line = <$client>)) { last if $line eq "\\r\\n" }
        my $body = "$ARGV[0]\\n";
        print $client "HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nContent-Length: "
            . length($body) . "\\r\\n\\r\\n$body";
        close $client;
      }
      """;

  private String passes(String... arguments) throws Exception {
    var ended = run(arguments);
    HerokuCommands.record(arguments[0], ended.status() == 0, ended.status() == 0 ? "" : "failed");
    assertEquals(0, ended.status(), ended.said());
    return ended.said();
  }

  /// Runs the stock client as a person would, and docker with a place for its logins of its own.
  private Ended run(String... arguments) throws Exception {
    var slipway = Path.of("slipway").toAbsolutePath().toString();
    var command = new ArrayList<>(List.of(slipway, "heroku"));
    command.addAll(Arrays.asList(arguments));
    var builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("DOCKER_CONFIG", directory.resolve("docker").toString());
    builder.environment().merge("PATH", tools().toString(), (path, own) -> own + ":" + path);
    var process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    var said = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Ended(process.waitFor(), said);
  }

  /// The stock client gives a docker of release 24 or newer options that only its plug-in buildx
  /// has; the distribution's docker needs none.
  private Path tools() throws IOException {
    var tools = directory.resolve("tools");
    if (!Files.exists(tools)) {
      Files.createDirectory(tools);
      Files.createSymbolicLink(tools.resolve("docker"), Path.of("/usr/bin/docker"));
    }
    return tools;
  }
}
