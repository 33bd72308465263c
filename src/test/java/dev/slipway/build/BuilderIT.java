package dev.slipway.build;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.build.BuildOutcome.Built;
import dev.slipway.build.BuildOutcome.Failed;
import dev.slipway.core.AppId;
import dev.slipway.core.ProcessType;
import dev.slipway.core.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Builds by the real builder into the real image server.
@Tag("docker")
class BuilderIT {
  @TempDir static Path files;
  private static BuilderMachine machine;

  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

  @BeforeAll
  static void start() throws Exception {
    machine = new BuilderMachine(files);
  }

  @AfterAll
  static void stop() throws Exception {
    machine.close();
  }

  @Test
  void aDockerfileMayUseWhatACurrentBuildKitHas() throws Exception {
    var built =
        built(
            machine.request(
                Map.of("GREETING", new Secret("it's\n\"two\" lines of {{ $HOME }}")),
                "Procfile",
                "worker: sleep 9\n",
                "hello.txt",
                "hello",
                "Dockerfile",
                """
                # syntax=docker/dockerfile:1
                FROM debian:trixie-slim
                ARG SOURCE_VERSION
                COPY --link hello.txt /hello.txt
                RUN --mount=type=secret,id=slipway_config <<END
                . /run/secrets/slipway_config
                printf %s "$GREETING" | sha256sum | cut -c1-16 > /seen
                cat /seen
                echo "shown: $GREETING"
                echo "version $SOURCE_VERSION"
                END
                CMD ["sleep", "5"]
                """));
    assertEquals("Docker", built.language());
    assertEquals(List.of("web", "worker"), names(built.processes()));
    assertEquals(null, process(built, ProcessType.WEB).command());
    assertEquals("sleep 9", process(built, new ProcessType("worker")).command());
    var image = process(built, ProcessType.WEB).image();
    assertEquals(List.of("sleep", "5"), machine.images.describe(image).command());
    var log = String.join("\n", lines);
    assertTrue(log.contains("version 4f2c1ab"), log);
    assertTrue(log.contains("syntax=docker/dockerfile:1' is left out"), log);
    assertFalse(log.contains("\"two\" lines"), log);
  }

  @Test
  void aNodeAppGetsItsVersionItsPackagesAndItsSecretsAndChangesBuildFast() throws Exception {
    var app = AppId.random();
    var folder = Files.createDirectories(files.resolve("chat"));
    for (var name : List.of("package.json", "package-lock.json", "server.js", "page.html")) {
      Files.copy(Path.of("samples/chat", name), folder.resolve(name));
    }
    var first = built(machine.request(app, folder, Map.of()));
    assertEquals("Node.js", first.language());
    assertEquals("npm start", process(first, ProcessType.WEB).command());
    Files.writeString(folder.resolve("server.js"), "\n// changed\n", StandardOpenOption.APPEND);
    var started = System.nanoTime();
    var second = built(machine.request(app, folder, Map.of()));
    var seconds = (System.nanoTime() - started) / 1e9;
    System.out.printf("one-line change of a Node app: %.1f s to the pushed digest%n", seconds);
    assertTrue(seconds < 20, () -> "a one-line change took " + seconds + " s");
    assertNotEquals(
        process(first, ProcessType.WEB).image(), process(second, ProcessType.WEB).image());
  }

  @Test
  void aBuildScriptSeesConfigVarsAndNoLayerHoldsThem() throws Exception {
    var secret = "a secret's \"value\"\nin zq7xk lines {{ $HOME }}";
    var request =
        machine.request(
            Map.of("TOKEN", new Secret(secret)),
            "package.json",
            """
            {"engines": {"node": "22.x"}, "scripts": {"build": "node build.js", "start": "node index.js"}}
            """,
            "package-lock.json",
            """
            {"lockfileVersion": 3, "packages": {"": {}}}
            """,
            "index.js",
            "",
            "build.js",
            """
            require("fs").writeFileSync("seen", String(process.env.TOKEN.length))
            console.log("token has", process.env.TOKEN.length, process.env.SOURCE_VERSION)
            """);
    var built = built(request);
    assertEquals("npm start", process(built, ProcessType.WEB).command());
    var log = String.join("\n", lines);
    assertTrue(log.contains("token has " + secret.length() + " 4f2c1ab"), log);
    machine.inside(
        "sh",
        "-c",
        "! grep --recursive --fixed-strings --quiet 'in zq7xk lines' /var/lib/builder /run/slipway");
  }

  @Test
  void aChangeThatKeepsAFilesSizeIsBuilt() throws Exception {
    var dockerfile = "FROM debian:trixie-slim\nCOPY marker /marker\nRUN cat /marker\n";
    for (var marker : List.of("first", "after", "third")) {
      lines.clear();
      built(machine.request(Map.of(), "Dockerfile", dockerfile, "marker", marker));
      assertTrue(lines.stream().anyMatch(line -> line.contains(marker)), lines::toString);
    }
  }

  @Test
  void aStaticSiteIsServedByNginx() throws Exception {
    var built =
        built(machine.request(Map.of(), "index.html", "<h1>Hello</h1>", "about.html", "About"));
    assertEquals("static site", built.language());
    var image = process(built, ProcessType.WEB);
    assertEquals(null, image.command());
    assertEquals(List.of("serve"), machine.images.describe(image.image()).command());
  }

  @Test
  void aFailingDockerfileSaysWhichStepFailed() throws Exception {
    var failed =
        failed(
            machine.request(
                Map.of(),
                "Dockerfile",
                "FROM debian:trixie-slim\nRUN echo before; echo no such thing >&2; exit 3\n"));
    assertFalse(failed.temporary());
    var log = String.join("\n", lines);
    assertTrue(log.contains("no such thing"), log);
    assertTrue(failed.problem().sentence().contains("exit code: 3"), log);
  }

  @Test
  void aBuildReachesTheInternetsNamesButNoPrivateAddress() throws Exception {
    var registry = machine.address(machine.registry);
    var host = machine.hostAddress();
    built(
        machine.request(
            Map.of(),
            "Dockerfile",
            """
            FROM debian:trixie-slim
            RUN getent hosts deb.debian.org && ! getent hosts %s
            RUN for at in %s/5000 %s/22 198.18.255.1/2375 127.0.0.11/53; do \\
                  ! timeout 3 bash -c "</dev/tcp/$at" 2>/tmp/why || exit 9; \\
                  case $at in 127*) ;; *) grep -q "No route" /tmp/why || { cat /tmp/why; exit 8; } ;; esac; \\
                done
            """
                .formatted(machine.registry, registry, host)));
  }

  @Test
  void aBuilderThatIsKilledIsATemporaryErrorAndTheNextBuildWorks() throws Exception {
    var doomed =
        machine.request(
            Map.of(), "Dockerfile", "FROM debian:trixie-slim\nRUN echo going; sleep 60\n");
    var outcome = new CompletableFuture<BuildOutcome>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            outcome.complete(machine.builder.build(doomed, lines::add));
          } catch (InterruptedException e) {
            outcome.completeExceptionally(e);
          }
        });
    await("the build's line", () -> lines.stream().anyMatch(line -> line.contains("  going")));
    BuilderMachine.docker("kill", machine.container);
    var failed = assertInstanceOf(Failed.class, outcome.get(20, TimeUnit.SECONDS));
    assertTrue(failed.temporary(), failed::toString);
    BuilderMachine.docker("start", machine.container);
    machine.await();
    built(machine.request(Map.of(), "Dockerfile", "FROM debian:trixie-slim\n"));
  }

  @Test
  void anInterruptedBuildIsCancelledInsideTheBuilder() throws Exception {
    var endless =
        machine.request(
            Map.of(), "Dockerfile", "FROM debian:trixie-slim\nRUN echo going; sleep 61\n");
    var interrupted = new CompletableFuture<Boolean>();
    var thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                machine.builder.build(endless, lines::add);
                interrupted.complete(false);
              } catch (InterruptedException e) {
                interrupted.complete(true);
              }
            });
    await("the build's line", () -> lines.stream().anyMatch(line -> line.contains("  going")));
    thread.interrupt();
    assertTrue(interrupted.get(20, TimeUnit.SECONDS));
    await("the build's end", () -> !machine.inside("ls", "/var/lib/builder/work").contains("-"));
    assertFalse(BuilderMachine.docker("top", machine.container).contains("sleep 61"));
  }

  @Test
  void herokuYmlGivesEachProcessTypeItsDockerfileAndRunWinsOverTheProcfile() throws Exception {
    var built =
        built(
            machine.request(
                Map.of(),
                "heroku.yml",
                """
                build:
                  docker:
                    web: web/Dockerfile
                    worker: worker/Dockerfile
                  config:
                    FLAVOUR: plain
                run:
                  web: ./from-heroku-yml
                release:
                  image: worker
                  command:
                    - ./migrate
                """,
                "Procfile",
                "web: ./from-procfile\nworker: ./work\n",
                "web/Dockerfile",
                "FROM debian:trixie-slim\nARG FLAVOUR\nRUN echo web is $FLAVOUR\nCMD [\"a\"]\n",
                "worker/Dockerfile",
                "FROM debian:trixie-slim\nCOPY own /own\nRUN cat /own\nCMD [\"b\"]\n",
                "worker/own",
                "the worker's own folder"));
    var web = process(built, ProcessType.WEB);
    var worker = process(built, new ProcessType("worker"));
    assertEquals("./from-heroku-yml", web.command());
    assertEquals("./work", worker.command());
    assertEquals(
        new ProcessImage(worker.image(), "./migrate"), process(built, ProcessType.RELEASE));
    assertEquals(List.of("a"), machine.images.describe(web.image()).command());
    assertEquals(List.of("b"), machine.images.describe(worker.image()).command());
    var log = String.join("\n", lines);
    assertTrue(log.contains("web is plain"), log);
    assertTrue(log.contains("the worker's own folder"), log);
  }

  @Test
  void aCacheMountIsTheAppsOwnWhateverItIsCalled() throws Exception {
    var own = AppId.random();
    buildWithCache(own, "touch /cache/planted", "");
    buildWithCache(AppId.random(), "[ ! -e /cache/planted ]", "");
    var namesTheOther = "    BUILDKIT_CACHE_MOUNT_NS: " + own + "\n";
    buildWithCache(AppId.random(), "[ ! -e /cache/planted ]", namesTheOther);
    buildWithCache(own, "[ -e /cache/planted ]", "");
  }

  private void buildWithCache(AppId app, String command, String arguments) throws Exception {
    var folder = Files.createTempDirectory(files, "app");
    Files.writeString(
        folder.resolve("Dockerfile"),
        "FROM debian:trixie-slim\nRUN --mount=type=cache,id=npm,target=/cache " + command + "\n");
    var config = arguments.isEmpty() ? "" : "  config:\n" + arguments;
    Files.writeString(
        folder.resolve("heroku.yml"), "build:\n  docker:\n    web: Dockerfile\n" + config);
    built(machine.request(app, folder, Map.of()));
  }

  @Test
  void aBuildThatTakesTooLongIsEnded() throws Exception {
    var request =
        machine.request(
            Map.of(), "Dockerfile", "FROM debian:trixie-slim\nRUN echo going; sleep 62\n");
    var started = System.nanoTime();
    var builder = machine.builder(machine.container, Duration.ofSeconds(5));
    var failed = assertInstanceOf(Failed.class, builder.build(request, lines::add));
    var seconds = (System.nanoTime() - started) / 1e9;
    assertTrue(seconds > 5 && seconds < 20, () -> "ended after " + seconds + " s");
    assertEquals("The build was ended: it took longer than 5 s", failed.problem().sentence());
    assertFalse(BuilderMachine.docker("top", machine.container).contains("sleep 62"));
    assertEquals("", machine.inside("ls", "/var/lib/builder/work"));
  }

  /// On a disk of 600 MB: nothing is started until it has more.
  @Test
  void aBuildIsNotStartedWithoutDisk() throws Exception {
    var small = machine.container + "-small";
    machine.startBuilder(small, "--mount=type=tmpfs,destination=/var/lib/builder,tmpfs-size=600m");
    try {
      machine.await(small);
      var builder = machine.builder(small, Duration.ofMinutes(1));
      var request = machine.request(Map.of(), "Dockerfile", "FROM scratch\nCOPY a /\n", "a", "");
      var failed = assertInstanceOf(Failed.class, builder.build(request, lines::add));
      assertTrue(failed.temporary(), failed::toString);
      assertEquals(
          "The build was not started: less than 1 GB of disk is free. Free some, then push again",
          failed.problem().sentence());
      assertTrue(lines.stream().noneMatch(line -> line.contains("COPY")), lines::toString);
      BuilderMachine.docker("exec", small, "mount", "-o", "remount,size=1300m", "/var/lib/builder");
      assertInstanceOf(Built.class, builder.build(request, lines::add), lines::toString);
    } finally {
      BuilderMachine.docker("rm", "--force", "--volumes", small);
    }
  }

  private Failed failed(BuildRequest request) throws InterruptedException {
    var outcome = machine.builder.build(request, lines::add);
    return assertInstanceOf(Failed.class, outcome, () -> String.join("\n", lines));
  }

  private Built built(BuildRequest request) throws InterruptedException {
    var outcome = machine.builder.build(request, lines::add);
    return assertInstanceOf(Built.class, outcome, () -> outcome + "\n" + String.join("\n", lines));
  }

  private static ProcessImage process(Built built, ProcessType type) {
    return java.util.Objects.requireNonNull(built.processes().get(type));
  }

  private static List<String> names(SortedMap<ProcessType, ProcessImage> processes) {
    return processes.keySet().stream().map(ProcessType::value).toList();
  }
}
