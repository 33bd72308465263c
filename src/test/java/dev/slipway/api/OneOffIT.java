package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.apps.App;
import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ProcessType;
import dev.slipway.core.Secret;
import dev.slipway.core.ServiceName;
import dev.slipway.engine.DockerApi;
import dev.slipway.engine.DynoSpec;
import dev.slipway.engine.DynoState;
import dev.slipway.engine.HostEngines;
import dev.slipway.engine.SwarmEngine;
import dev.slipway.engine.TestImage;
import dev.slipway.image.ImageReference;
import dev.slipway.observe.LogFilter;
import dev.slipway.release.ConfigVars;
import dev.slipway.release.ReleaseStatus;
import dev.slipway.release.Slug;
import dev.slipway.release.SlugProcess;
import dev.slipway.testing.Machine;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One-off dynos by the stock client on a real engine: with and without a terminal, to their end
/// and broken off, and across a restart of control.
@Tag("docker")
class OneOffIT {
  private static final DockerApi DOCKER = new DockerApi(Machine.DOCKER_SOCKET);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static ImageReference image;

  private final SwarmEngine engine =
      new SwarmEngine(
          DOCKER, HostEngines.NONE, "slipway-dynos", Machine.secret("registry-password"));
  private @TempDir Path home;
  private LocalCertificate certificate;
  private TestApi api;
  private HerokuCli cli;
  private App app;

  @BeforeAll
  static void pushImage() throws Exception {
    HerokuCli.assumeInstalled();
    image = TestImage.push(DOCKER);
  }

  @BeforeEach
  void start() throws Exception {
    certificate = LocalCertificate.in(home);
    open();
    api.send("POST", "/apps", "{\"name\":\"orders\"}");
    app = api.apps.get("orders");
    release();
  }

  private void open() throws Exception {
    api = new TestApi(home, certificate.certificate(), certificate.privateKey(), engine);
    cli = HerokuCli.of(api, home, certificate);
    cli.set("TERM", "xterm");
  }

  private void release() {
    var processes = new TreeMap<ProcessType, SlugProcess>();
    processes.put(ProcessType.WEB, new SlugProcess(image, "sleep 300"));
    processes.put(new ProcessType("hello"), new SlugProcess(image, "echo process"));
    var slug =
        api.releases.addSlug(
            new Slug(UUID.randomUUID(), app.id(), "0123abc", "test", processes, Instant.now()));
    api.apps.declare(app.id(), processes.keySet());
    var config = ConfigVars.NONE.with(Map.of("GREETING", "hello {{.Node.ID}}"));
    api.store.useTransaction(db ->
        api.releases.add(
            db, app.id(), "Test", ReleaseStatus.SUCCEEDED, slug, config, api.owner.id()));
  }

  @AfterEach
  void stop() {
    if (api != null) {
      api.close();
      engine.dynos(app.id()).forEach(dyno -> engine.stop(dyno.service()));
    }
  }

  @Test
  void aCommandGetsPipesVariablesAndASizeAndGivesItsStatus() throws Exception {
    var said =
        shell(
            "printf 'one\\ntwo' | heroku run -a orders --no-tty --env 'A=1;B=two words'"
                + " --size standard-2x -x -- 'cat; echo; echo $A-$B; echo $GREETING $DYNO;"
                + " cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max;"
                + " exit 7'; echo =$?");
    assertTrue(said.contains("one\ntwo\n1-two words\nhello {{.Node.ID}} run."), said);
    assertTrue(said.contains("\n1073741824\n"), said);
    assertTrue(said.endsWith("=7\n"), said);
    assertTrue(has("heroku Process exited with status 7"), log()::toString);
    eventually(() -> engine.dynos(app.id()).isEmpty());
    assertFalse(shell("heroku ps -a orders").contains("run."));
  }

  @Test
  void aLargeOutputArrivesWholeAlsoWhereItsReaderIsSlow() throws Exception {
    var ten = "head -c 7500000 /dev/zero | base64 -w 76";
    var said =
        shell(
            "heroku run -a orders --no-tty -- '"
                + ten
                + "' 2>/dev/null | md5sum; "
                + ten
                + " | md5sum; heroku run -a orders -- '"
                + ten
                + "' 2>/dev/null | (sleep 8; md5sum)");
    var sums = said.lines().distinct().toList();
    assertEquals(1, sums.size(), said);
  }

  @Test
  void aTerminalHasItsSizeAndIsTypedInto() throws Exception {
    var said = terminal("heroku run -a orders -- 'tty; stty size; echo $TERM; hello'");
    assertTrue(said.contains("/dev/pts/"), said);
    assertTrue(said.contains("31 97"), said);
    assertTrue(said.contains("xterm"), said);
  }

  @Test
  void aWindowThatIsResizedWhileTheCommandRunsIsToldSo() throws Exception {
    shell("heroku labs:enable run-over-ssh -a orders");
    var resize =
        "(while ! grep -q '31 97' shown; do sleep 0.1; done;"
            + " stty cols 120 rows 40 </dev/tty) &\n";
    var command =
        "trap \"echo told\" WINCH; stty size; old=$(stty size); for i in $(seq 200); do"
            + " test \"$(stty size)\" = \"$old\" || break; sleep 0.1; done; stty size; exit 7";
    var run = "heroku run -a orders -x -- '" + command + "'; echo =$?";
    var said = cli.inWindow(Map.of(), resize + run);
    assertTrue(said.matches("(?s).*31 97\\R(.*\\R)?told\\R(.*\\R)?40 120\\R.*=7\\R"), said);
    assertTrue(has("heroku Process exited with status 7"), log()::toString);
    eventually(() -> engine.dynos(app.id()).isEmpty());
  }

  @Test
  void aTerminalBySshTakesKeysAndItsClientsEndIsItsEnd() throws Exception {
    shell("heroku labs:enable run-over-ssh -a orders");
    var said =
        cli.inWindow(
            Map.of("ready", "\u0003"),
            "heroku run -a orders -- 'trap \"echo caught; exit 3\" INT; tty; echo -$COLUMNS-$TERM;"
                + " echo rea\"\"dy; sleep 100'; echo =$?");
    assertTrue(said.contains("/dev/pts/") && said.contains("--xterm"), said);
    assertTrue(said.contains("caught"), said);
    assertTrue(has("heroku Process exited with status 3"), log()::toString);
    var killed =
        cli.inWindow(
            Map.of(),
            "(while ! grep -q begun shown; do sleep 0.1; done; kill -KILL $(cat client)) &\n"
                + "sh -c 'echo $$ >client; exec heroku run -a orders -- \"echo beg\\\"\\\"un;"
                + " sleep 300\"'");
    assertTrue(killed.contains("begun"), killed);
    eventually(() -> engine.dynos(app.id()).isEmpty());
  }

  @Test
  void aProcessTypeIsACommand() throws Exception {
    assertTrue(shell("heroku run -a orders --no-tty hello world").contains("process world"));
  }

  @Test
  void aClientThatVanishesTakesItsDynoAlong() throws Exception {
    var client = cli.start("run", "-a", "orders", "--", "trap '' HUP TERM; sleep 300");
    eventually(() -> has("heroku Starting process with command `trap '' HUP TERM; sleep 300`"));
    client.descendants().forEach(ProcessHandle::destroyForcibly);
    client.destroyForcibly();
    var killed = System.nanoTime();
    eventually(() -> engine.dynos(app.id()).isEmpty());
    var seconds = Duration.ofNanos(System.nanoTime() - killed).toMillis() / 1000.0;
    System.out.println("gone after " + seconds + " s");
    assertTrue(seconds < 12, () -> "gone only after " + seconds + " s");
  }

  @Test
  void aDetachedDynoWritesToTheLogAndIsStopped() throws Exception {
    var said =
        shell(
            "heroku run:detached -a orders -- 'echo one; seq 3; exit 5' && heroku run:detached"
                + " -a orders -- sleep 200");
    assertTrue(said.contains("to view the output"), said);
    eventually(() -> has("heroku Process exited with status 5"));
    for (var line : List.of("app one", "app 1", "app 2", "app 3")) {
      assertTrue(has(line), () -> line + " is not in " + log());
    }
    eventually(() -> dynos().size() == 1 && dynos().getFirst().running());
    var name = dynos().getFirst().dyno().toString();
    api.watch.look();
    cli.says(name + " (Standard-1X): up", "ps", "-a", "orders");
    cli.fails("a one-off dyno runs once", "ps:restart", "-d", name, "-a", "orders");
    cli.says("Stopping dyno " + name, "ps:stop", "-d", name, "-a", "orders");
    eventually(() -> dynos().isEmpty());
    eventually(() -> has("heroku State changed from up to complete"));
  }

  @Test
  void aDetachedDynoOutlivesControlAndAnAttachedOneDoesNot() throws Exception {
    shell("heroku run:detached -a orders -- 'echo before; sleep 10; echo after'");
    eventually(() -> has("app before"));
    var client = cli.start("run", "-a", "orders", "--", "sleep 300");
    eventually(() -> has("heroku Starting process with command `sleep 300`"));
    api.close();
    assertTrue(client.waitFor(20, TimeUnit.SECONDS));
    assertEquals(0, client.exitValue());
    eventually(() -> dynos().size() == 1);
    open();
    api.oneOffs.resume();
    eventually(() -> has("heroku Process exited with status 0"));
    eventually(() -> dynos().isEmpty());
    assertEquals(1, log().stream().filter("app before"::equals).count());
    assertEquals(1, log().stream().filter("app after"::equals).count());
  }

  @Test
  void aCommandRunsInsideADynoAndLeavesIt() throws Exception {
    var web =
        new DynoSpec(
            ServiceName.of(app.id(), DynoName.of("web.1"), 99),
            app.id(),
            DynoName.of("web.1"),
            image,
            "sleep 300",
            new TreeMap<>(Map.of("INSIDE", new Secret("web"))),
            DynoSize.STANDARD_1X,
            Duration.ofSeconds(2));
    engine.start(web);
    eventually(() -> dynos().stream().anyMatch(DynoState::running));
    var said = shell("heroku run:inside web.1 -a orders -x -- 'echo in-$INSIDE; exit 3'; echo =$?");
    assertTrue(said.contains("in-web") && said.endsWith("=3\n"), said);
    cli.passed("run:inside");
    var client = cli.start("run:inside", "web.1", "-a", "orders", "--", "sleep 299");
    eventually(() -> has("heroku Starting process with command `sleep 299` inside"));
    client.descendants().forEach(ProcessHandle::destroyForcibly);
    client.destroyForcibly();
    eventually(() -> has("heroku Process inside exited with status 129"));
    assertTrue(dynos().getFirst().running());
  }

  @Test
  void aFloodForAClientThatReadsNothingIsHeldBack() throws Exception {
    var started =
        api.send("POST", "/apps/orders/dynos", "{\"command\":\"yes\",\"attach\":true}").json();
    var url = URI.create(started.get("attach_url").stringValue());
    System.gc();
    var before = used();
    try (var client = RawRendezvous.to(url, certificate)) {
      assertEquals("rendezvous\r\n", client.next());
      eventually(() -> has("heroku Starting process with command `yes`"));
      Thread.sleep(5000);
      System.gc();
      var more = (used() - before) / (1 << 20);
      assertTrue(more < 20, () -> more + " MB more are used");
    }
    eventually(() -> dynos().isEmpty());
  }

  private static long used() {
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private List<DynoState> dynos() {
    return engine.dynos(app.id());
  }

  private String shell(String command) throws Exception {
    return cli.run("sh", "-c", command);
  }

  /// Runs a shell command under a terminal of 97 by 31 characters.
  private String terminal(String command) throws Exception {
    var file =
        Files.writeString(cli.work().resolve("typed.sh"), "stty cols 97 rows 31\n" + command);
    return cli.run("script", "-qefc", "sh " + file, "/dev/null");
  }

  private boolean has(String line) {
    return log().contains(line);
  }

  private List<String> log() {
    return api.logs.recent(app.id(), new LogFilter(null, null), 1500).stream()
        .map(line -> line.source() + " " + line.text())
        .toList();
  }

  private static void eventually(BooleanSupplier condition) throws InterruptedException {
    var end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "it did not come to that in time");
      Thread.sleep(50);
    }
  }
}
