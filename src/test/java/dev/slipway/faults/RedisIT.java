package dev.slipway.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// A Redis on a real machine, as dynos see it: clients are in the dynos' network, under its wall.
@Tag("docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Path DATA = Path.of("/var/lib/slipway/redis");
  private static final Path BACKUPS = Path.of("/var/lib/slipway/backups/redis");

  /// Speaks to the Redis of its own dyno as an app would.
  private static final String DYNO =
      "const u = new URL(process.env.REDIS_URL); const s = require('tls').connect("
          + "{host: u.hostname, port: u.port, rejectUnauthorized: false},"
          + " () => s.write('AUTH ' + u.password + '\\r\\nSET from dyno\\r\\nGET from\\r\\nQUIT\\r\\n'));"
          + " s.on('data', d => process.stdout.write(d));";

  private final FaultApp app = FaultApp.serving("good");
  private final List<String> made = new ArrayList<>();
  private final Set<String> servers = new TreeSet<>();
  private String addon = "";

  @BeforeAll
  void createRedis() {
    addon = create(app, "mini", Map.of());
    app.settle();
  }

  @AfterAll
  void clean() {
    app.close();
    var asked = new TreeSet<String>();
    Await.await(
        "all is erased",
        PATIENCE,
        () -> {
          kept().stream().filter(made::contains).filter(asked::add).forEach(RedisIT::erase);
          return kept().stream().noneMatch(made::contains)
              && containers().stream().noneMatch(servers::contains);
        });
  }

  private static Set<String> kept() {
    return Api.get("/redis/v0/destroyed")
        .json()
        .valueStream()
        .map(each -> each.path("name").asString())
        .collect(Collectors.toUnmodifiableSet());
  }

  private static void erase(String name) {
    Api.call("DELETE", "/redis/v0/destroyed/" + name, null);
  }

  private static List<String> containers() {
    return Host.docker("ps", "-a", "--filter", "label=slipway.redis", "--format", "{{.Names}}")
        .lines()
        .toList();
  }

  @Test
  void aDynoUsesItOverTls() {
    var said = Host.docker("exec", app.containers().getFirst(), "node", "-e", DYNO);
    assertTrue(said.replace("\r", "").endsWith("$4\ndyno\n+OK"), said);
    assertEquals("dyno", redis(url(app), "GET", "from"));
  }

  @Test
  void aStrangerIsNotLetIn() {
    var wrong = url(app).replaceFirst(":[0-9a-f]{64}@", ":" + "0".repeat(64) + "@");
    assertTrue(client(wrong, "GET", "from").output().contains("WRONGPASS"));
    var nobody = url(app).replaceFirst(":[0-9a-f]{64}@", "");
    assertTrue(client(nobody, "GET", "from").output().contains("NOAUTH"));
    var plain = url(app).replace("rediss:", "redis:");
    assertFalse(client(plain, "PING").output().contains("PONG"));
    for (var forbidden : List.of("CONFIG SET dir /tmp", "SHUTDOWN", "ACL LIST", "MODULE LIST")) {
      var said = client(url(app), forbidden.split(" ", -1)).output();
      assertTrue(said.contains("NOPERM"), said);
    }
    var server = Host.docker("inspect", server(app));
    assertFalse(server.contains(password(url(app))), "no password in its description");
  }

  /// A write is in the file before its answer, but for those of two seconds when a disk is slow.
  @Test
  void atMostTheLastSecondsAreLostWhenTheServerIsKilled() {
    var writer = "slipway-test-writer-" + UUID.randomUUID().toString().substring(0, 8);
    var loop =
        "i=0; while true; do i=$((i+1));"
            + " redis-cli -e --no-auth-warning --insecure -u \"$0\" SADD kept $i >/dev/null 2>&1"
            + " && echo ack $i; done";
    Host.docker(
        "run",
        "-d",
        "--name",
        writer,
        "--label",
        "slipway.test",
        "--network",
        "slipway-dynos",
        "--entrypoint",
        "sh",
        "slipway-redis",
        "-c",
        loop,
        named(url(app)));
    var safe = new TreeSet<Integer>();
    try {
      for (var i = 0; i < 2; i++) {
        Host.awaitLongLife(server(app));
        var before = acknowledged(writer);
        safe.addAll(before);
        sleep(2500);
        var began = System.nanoTime();
        Host.kill(server(app));
        Await.await(
            "it is written again",
            PATIENCE,
            () -> acknowledged(writer).size() > before.size() + 100);
        Steady.note("Redis killed under writes\t" + Steady.seconds(began));
      }
    } finally {
      Host.docker("stop", "-t", "0", writer);
    }
    var acknowledged = acknowledged(writer);
    Host.docker("rm", "-f", writer);
    var there =
        new TreeSet<>(redis(url(app), "SMEMBERS", "kept").lines().map(Integer::valueOf).toList());
    assertTrue(there.containsAll(safe));
    Steady.note(
        "Redis killed twice under writes\t"
            + acknowledged.size()
            + " acknowledged\tlost\t"
            + acknowledged.stream().filter(each -> !there.contains(each)).count());
  }

  private static void sleep(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static List<Integer> acknowledged(String writer) {
    return Host.docker("logs", writer)
        .lines()
        .filter(line -> line.startsWith("ack "))
        .map(line -> Integer.valueOf(line.substring(4)))
        .toList();
  }

  @Test
  void settingsChangeWhileItRunsAndOutliveIt() {
    try (var other = FaultApp.create()) {
      var name = create(other, "mini", Map.of());
      var fill = "for i = 1, 400 do redis.call('SET', 'big' .. i, string.rep('x', 100000)) end";
      client(url(other), "EVAL", fill, "0");
      assertTrue(client(url(other), "SET", "more", "x").output().contains("OOM"));
      var changed =
          Api.call(
              "PATCH",
              "/redis/v0/databases/" + name + "/config",
              Api.json(Map.of("maxmemory_policy", "allkeys-lru", "timeout", 77)));
      assertEquals(200, changed.status(), changed.body());
      assertEquals("OK", redis(url(other), "SET", "more", "x"));
      Host.awaitLongLife(server(other));
      Host.kill(server(other));
      Await.await(
          "it is back", PATIENCE, () -> client(url(other), "PING").output().contains("PONG"));
      assertEquals("timeout\n77", redis(url(other), "CONFIG", "GET", "timeout"));
    }
  }

  @Test
  void credentialsRotateWhileBothAreLetIn() {
    var before = url(app);
    var path = "/redis/v0/databases/" + addon + "/credentials_rotation";
    var rotated = Api.call("POST", path, "{}");
    assertEquals(200, rotated.status(), rotated.body());
    assertNotEquals(before, url(app));
    assertEquals("PONG", redis(before, "PING"));
    assertEquals("PONG", redis(url(app), "PING"));
    app.settle();
  }

  @Test
  void aBackupComesBackAndADamagedOneIsRefused() throws IOException {
    try (var other = FaultApp.create()) {
      var name = create(other, "mini", Map.of());
      redis(url(other), "SET", "treasure", "old");
      var path = "/redis/v0/databases/" + name + "/backups";
      var made = Api.call("POST", path, "{}");
      assertEquals(201, made.status(), made.body());
      var backup = made.json().path("name").asString();
      redis(url(other), "SET", "treasure", "new");
      var restored = Api.call("POST", path + "/" + backup + "/restore", "{}");
      assertEquals(200, restored.status(), restored.body());
      assertEquals("old", redis(url(other), "GET", "treasure"));
      assertEquals("OK", redis(url(other), "SET", "treasure", "newest"));
      damage(BACKUPS.resolve(id(other)).resolve(backup));
      var refused = Api.call("POST", path + "/" + backup + "/restore", "{}");
      assertEquals(422, refused.status(), refused.body());
      assertTrue(refused.body().contains("damaged"), refused.body());
      assertEquals("newest", redis(url(other), "GET", "treasure"));
    }
  }

  /// Control is killed after it has laid the backup ready and before it has stopped the server: the
  /// next start, whenever that is, must not take the backup.
  @Test
  void aRestoreThatWasBrokenOffThrowsNothingAway() {
    try (var other = FaultApp.create()) {
      var name = create(other, "mini", Map.of());
      redis(url(other), "SET", "treasure", "old");
      var path = "/redis/v0/databases/" + name + "/backups";
      var backup = Api.call("POST", path, "{}").json().path("name").asString();
      Host.docker("exec", server(other), "store-backup", "restore", backup, "7");
      var data = DATA.resolve(id(other));
      assertTrue(Files.exists(data.resolve("restore.rdb.new")));
      redis(url(other), "SET", "treasure", "newer");
      sleep(2500);
      Host.awaitLongLife(server(other));
      Host.kill(server(other));
      Await.await(
          "it is back", PATIENCE, () -> client(url(other), "PING").output().contains("PONG"));
      assertEquals("newer", redis(url(other), "GET", "treasure"));
      assertFalse(Files.exists(data.resolve("restore.rdb.new")));
      var restored = Api.call("POST", path + "/" + backup + "/restore", "{}");
      assertEquals(200, restored.status(), restored.body());
      assertEquals("old", redis(url(other), "GET", "treasure"));
      assertFalse(Files.exists(data.resolve("restore.rdb")));
    }
  }

  private static void damage(Path backup) throws IOException {
    var bytes = Files.readAllBytes(backup);
    bytes[bytes.length / 2] ^= 1;
    Files.write(backup, bytes);
  }

  @Test
  void whatIsDestroyedStaysOnDiskAndComesBack() {
    try (var other = FaultApp.create()) {
      var name = create(other, "mini", Map.of());
      redis(url(other), "SET", "treasure", "42");
      var container = server(other);
      var id = id(other);
      var destroyed = Api.call("DELETE", other.path("addons/" + name), null);
      assertEquals(200, destroyed.status(), destroyed.body());
      Await.await(
          "its container is gone",
          PATIENCE,
          () -> Host.docker("ps", "-aq", "--filter", "name=" + container).isEmpty());
      assertTrue(Files.exists(DATA.resolve(id).resolve("appendonlydir")));
      create(other, "premium-0", Map.of("recover", name));
      assertEquals("42", redis(url(other), "GET", "treasure"));
      assertEquals("maxmemory\n52428800", redis(url(other), "CONFIG", "GET", "maxmemory"));
    }
  }

  private String create(FaultApp owner, String plan, Map<String, String> options) {
    var began = System.nanoTime();
    var wanted = Map.of("plan", "heroku-redis:" + plan, "config", options);
    var answer = Api.call("POST", owner.path("addons"), Api.json(wanted));
    assertEquals(201, answer.status(), answer.body());
    var name = answer.json().path("name").asString();
    made.add(name);
    Await.await(
        name + " is there",
        PATIENCE,
        () -> Api.get("/addons/" + name).json().path("state").asString().equals("provisioned"));
    servers.add(server(owner));
    Steady.note("Redis of plan " + plan + " made\t" + Steady.seconds(began));
    return name;
  }

  private static String url(FaultApp of) {
    return Api.get(of.path("config-vars")).json().path("REDIS_URL").asString();
  }

  private static String password(String url) {
    return url.replaceFirst("rediss://:([^@]*)@.*", "$1");
  }

  private static String server(FaultApp of) {
    return url(of).replaceFirst(".*@([^:]*):.*", "$1");
  }

  private static String id(FaultApp of) {
    var label = "{{index .Config.Labels \"slipway.redis\"}}";
    return Host.docker("inspect", "--format", label, server(of));
  }

  private record Said(int status, String output) {}

  private static String redis(String url, String... command) {
    var said = client(url, command);
    assertEquals(0, said.status(), said.output());
    return said.output().strip();
  }

  /// Reads a URL without a user's name as Redis's own client reads none: it takes the name for
  /// empty.
  private static String named(String url) {
    return url.replace("//:", "//default:");
  }

  private static Said client(String url, String... command) {
    var all =
        new ArrayList<>(
            List.of(
                "docker",
                "run",
                "--rm",
                "--label",
                "slipway.test",
                "--network",
                "slipway-dynos",
                "--entrypoint",
                "timeout",
                "slipway-redis",
                "20",
                "redis-cli",
                "-e",
                "--no-auth-warning",
                "--insecure",
                "-u",
                named(url)));
    all.addAll(List.of(command));
    try {
      var process = new ProcessBuilder(all).redirectErrorStream(true).start();
      process.getOutputStream().close();
      var said = new String(process.getInputStream().readAllBytes(), UTF_8);
      return new Said(process.waitFor(), said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
