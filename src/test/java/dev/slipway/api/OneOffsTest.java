package dev.slipway.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.DynoSize;
import dev.slipway.core.Secret;
import dev.slipway.engine.DynoState;
import dev.slipway.observe.LogFilter;
import dev.slipway.testing.Await;
import dev.slipway.testing.FakeEngine;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The life of one-off dynos, and the wire of their clients, by a scripted client.
class OneOffsTest {
  private static final Duration LIMIT = Duration.ofSeconds(15);
  private static final String DYNOS = "/apps/orders/dynos";
  private static final String MARKER = "\uffff heroku-command-exit-status: ";

  private final FakeEngine engine = new FakeEngine();
  private @TempDir Path home;
  private LocalCertificate certificate;
  private TestApi api;

  @BeforeEach
  void start() {
    certificate = LocalCertificate.in(home);
    open();
    api.deployed("orders");
  }

  private void open() {
    api = new TestApi(home, certificate.certificate(), certificate.privateKey(), engine);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void theGreetingComesAloneAndTheStatusInOnePiece() throws Exception {
    try (var client = attach("echo out; exit 7 ; echo \\\"" + MARKER + "$?\\\"", true)) {
      assertEquals("rendezvous\r\n", client.next());
      assertEquals("out\n", client.next());
      assertEquals(MARKER + "7\n", client.next());
      assertEquals("", client.next());
    }
    eventually(() -> has("Process exited with status 7"));
    assertTrue(has("Starting process with command `echo out; exit 7`"));
    eventually(() -> engine.dynos().isEmpty());
  }

  @Test
  void aCommandThatIsCutOffIsNoSuccess() throws Exception {
    engine.loseHosts();
    try (var client = attach("echo out; echo \\\"" + MARKER + "$?\\\"", true)) {
      assertEquals("rendezvous\r\n", client.next());
      var told = client.rest();
      assertTrue(told.startsWith("out\n !     The command was cut off: "), told);
      assertTrue(told.endsWith(MARKER + "255\n"), told);
    }
  }

  @Test
  void theEndOfAPipeIsAnEndAndTheSameByteWithinTextIsNot() throws Exception {
    try (var client = attach("cat; echo over", true)) {
      assertEquals("rendezvous\r\n", client.next());
      client.send("a\u0004b");
      assertEquals("a\u0004b", client.next());
      client.send("\u0004");
      assertEquals("over\n", client.rest());
    }
  }

  @Test
  void aTerminalsLineEndIsNotCutInTwo() throws Exception {
    try (var client = attach("printf 'a\\\\r'; sleep 1; printf '\\\\nb'", false)) {
      assertEquals("rendezvous\r\n", client.next());
      assertEquals("a", client.next());
      assertEquals("\r\nb", client.next());
    }
  }

  @Test
  void aSecretOpensOnceAndAWrongOneNever() throws Exception {
    var url = attachUrl("sleep 100", true);
    assertTrue(url.getPath().length() >= 33, url::toString);
    assertNotEquals(url.getPath(), attachUrl("sleep 100", true).getPath());
    try (var client = RawRendezvous.to(url, certificate)) {
      assertEquals("rendezvous\r\n", client.next());
      try (var second = RawRendezvous.to(url, certificate)) {
        assertEquals("", quietly(second));
      }
      try (var wrong = RawRendezvous.to(url.resolve("/" + "0".repeat(64)), certificate)) {
        assertEquals("", quietly(wrong));
      }
    }
    try (var plain = new Socket("localhost", url.getPort())) {
      plain.getOutputStream().write((url.getPath().substring(1) + "\r\n").getBytes(UTF_8));
      var answer = new String(plain.getInputStream().readAllBytes(), UTF_8);
      assertFalse(answer.contains("rendezvous"), answer);
    }
  }

  /// Longer than a client may take to say who it is.
  @Test
  void aClientMayBeSilentForLong() throws Exception {
    try (var client = attach("sleep 12; echo awake", true)) {
      assertEquals("rendezvous\r\n", client.next());
      assertEquals("awake\n", client.rest());
    }
  }

  /// A connection that is closed at once may be seen as reset.
  private static String quietly(RawRendezvous client) {
    try {
      return client.next();
    } catch (java.io.IOException reset) {
      return "";
    }
  }

  @Test
  void aClientThatGoesOrNeverComesLeavesNoDyno() throws Exception {
    try (var client = attach("sleep 100", false)) {
      client.next();
      eventually(() -> has("State changed from starting to up"));
    }
    eventually(() -> engine.dynos().isEmpty());
    attachUrl("sleep 100", false);
    eventually(() -> has("No client came in time"));
    eventually(() -> engine.dynos().isEmpty());
    assertEquals(0, onceListed());
  }

  @Test
  void aDetachedDynoEndsWithItsCommandAndLogsThat() throws Exception {
    var dyno = post("{\"command\":\"exit 3\"}");
    assertTrue(dyno.get("attach_url").isNull());
    assertTrue(dyno.get("name").stringValue().matches("run\\.[0-9]{4}"));
    eventually(() -> has("Process exited with status 3"));
    eventually(() -> has("State changed from up to complete"));
    eventually(() -> engine.dynos().isEmpty());
  }

  @Test
  void aDynoThatRunsTooLongIsStopped() throws Exception {
    post("{\"command\":\"sleep 100\",\"time_to_live\":1}");
    eventually(() -> has("Stopping all processes with SIGTERM after the time limit of 1 s"));
    eventually(() -> engine.dynos().isEmpty());
    try (var client = attach("sleep 100", true, ",\"time_to_live\":1")) {
      assertEquals("rendezvous\r\n", client.next());
      assertEquals("", client.rest());
    }
    eventually(() -> engine.dynos().isEmpty());
  }

  @Test
  void theNextControlTakesUpWhatIsDetachedAndRemovesTheRest() throws Exception {
    var detached = post("{\"command\":\"sleep 100\"}").get("name").stringValue();
    attachUrl("sleep 100", true);
    api.oneOffs.close();
    assertEquals(List.of(detached), engine.dynos().stream().map(OneOffsTest::name).toList());
    stop();
    open();
    api.oneOffs.resume();
    assertEquals(1, onceListed());
    assertEquals(202, api.send("POST", DYNOS + "/" + detached + "/actions/stop", null).status());
    eventually(() -> engine.dynos().isEmpty());
    eventually(() -> onceListed() == 0);
  }

  @Test
  void theNextControlForgetsADynoThatIsGone() throws Exception {
    post("{\"command\":\"sleep 100\"}");
    api.oneOffs.close();
    engine.dynos().forEach(dyno -> engine.stop(dyno.service()));
    stop();
    open();
    api.oneOffs.resume();
    eventually(() -> onceListed() == 0);
  }

  @Test
  void whatADynoIsGivenWinsOverTheConfigVars() {
    api.send("PATCH", "/apps/orders/config-vars", "{\"A\":\"config\",\"B\":\"b\"}");
    var body =
        "{\"command\":\"worker\",\"type\":\"job\",\"size\":\"standard-2x\",\"env\":{\"A\":\"own\",\"LINES\":7}}";
    var name = post(body).get("name").stringValue();
    assertTrue(name.startsWith("job."), name);
    var spec = engine.spec(engine.dynos().getFirst().service());
    assertEquals(new Secret("own"), spec.environment().get("A"));
    assertEquals(new Secret("b"), spec.environment().get("B"));
    assertEquals(new Secret("7"), spec.environment().get("LINES"));
    assertEquals(new Secret(name), spec.environment().get("DYNO"));
    assertEquals(new Secret("orders"), spec.environment().get("HEROKU_APP_NAME"));
    assertEquals(DynoSize.STANDARD_2X, spec.size());
  }

  @Test
  void aProcessTypeStandsForItsCommand() {
    post("{\"command\":\"web --port 1\"}");
    assertEquals("npm start --port 1", engine.spec(engine.dynos().getFirst().service()).command());
  }

  @Test
  void whatCannotRunIsRefusedAndLeavesNothing() {
    api.send("POST", "/apps", "{\"name\":\"empty\"}");
    refused(422, "no code has been deployed", "/apps/empty/dynos", "{\"command\":\"ls\"}");
    refused(404, "Couldn't find that app", "/apps/nothing/dynos", "{\"command\":\"ls\"}");
    refused(422, "Missing command", DYNOS, "{}");
    refused(422, "must not be empty", DYNOS, "{\"command\":\" \"}");
    refused(422, "No such size", DYNOS, "{\"command\":\"ls\",\"size\":\"huge\"}");
    refused(422, "can't be set", DYNOS, "{\"command\":\"ls\",\"env\":{\"A B\":\"c\"}}");
    refused(422, "time_to_live", DYNOS, "{\"command\":\"ls\",\"time_to_live\":0}");
    refused(422, "process type", DYNOS, "{\"command\":\"ls\",\"type\":\"a b\"}");
    refused(422, "release phase", DYNOS, "{\"command\":\"ls\",\"type\":\"release\"}");
    refused(404, "find that process", DYNOS + "/web.9", "{\"command\":\"ls\"}");
    refused(422, "it is not up", DYNOS + "/web.1", "{\"command\":\"ls\"}");
    engine.memory(100);
    refused(422, "no room", DYNOS, "{\"command\":\"ls\"}");
    engine.memory(Long.MAX_VALUE);
    engine.failStarts(1);
    refused(503, "Nothing can be run now", DYNOS, "{\"command\":\"ls\",\"attach\":true}");
    assertEquals(List.of(), engine.dynos());
    assertEquals(0, onceListed());
  }

  @Test
  void othersHaveNoPartInIt() {
    var name = post("{\"command\":\"sleep 100\"}").get("name").stringValue();
    for (var path : List.of(DYNOS, DYNOS + "/web.1", DYNOS + "/" + name + "/actions/stop")) {
      var answer =
          api.bare(
              "POST",
              path,
              "{\"command\":\"ls\",\"attach\":true}",
              "Authorization",
              "Bearer " + TestApi.OTHER_KEY);
      assertEquals(404, answer.status(), path);
    }
    assertEquals(1, engine.dynos().size());
  }

  @Test
  void aCommandInsideLeavesItsDynoUp() throws Exception {
    var app = api.apps.get("orders");
    engine.startWeb(app.id());
    var answer =
        api.send("POST", DYNOS + "/web.1", "{\"command\":\"echo $A\",\"env\":{\"A\":\"b\"}}");
    assertEquals(201, answer.status(), answer::text);
    var url = URI.create(answer.json().get("attach_url").stringValue());
    try (var client = RawRendezvous.to(url, certificate)) {
      client.next();
      assertEquals("b\n", client.rest());
    }
    eventually(() -> has("Process inside exited with status 0"));
    assertEquals(1, engine.dynos().stream().filter(DynoState::running).count());
  }

  private RawRendezvous attach(String command, boolean pipe) throws Exception {
    return attach(command, pipe, "");
  }

  private RawRendezvous attach(String command, boolean pipe, String more) throws Exception {
    return RawRendezvous.to(attachUrl(command, pipe, more), certificate);
  }

  private URI attachUrl(String command, boolean pipe) {
    return attachUrl(command, pipe, "");
  }

  private URI attachUrl(String command, boolean pipe, String more) {
    var body =
        "{\"command\":\"" + command + "\",\"attach\":true,\"force_no_tty\":" + pipe + more + "}";
    return URI.create(post(body).get("attach_url").stringValue());
  }

  private JsonNode post(String body) {
    var answer = api.send("POST", DYNOS, body);
    assertEquals(201, answer.status(), answer::text);
    return answer.json();
  }

  private void refused(int status, String message, String path, String body) {
    var answer = api.send("POST", path, body);
    assertEquals(status, answer.status(), answer::text);
    assertTrue(answer.json().get("message").stringValue().contains(message), answer::text);
  }

  private long onceListed() {
    return api.get(DYNOS)
        .json()
        .valueStream()
        .filter(dyno -> dyno.get("type").stringValue().equals("run"))
        .count();
  }

  private static String name(DynoState dyno) {
    return dyno.dyno().toString();
  }

  private boolean has(String text) {
    return api.logs.recent(api.apps.get("orders").id(), new LogFilter(null, null), 1000).stream()
        .anyMatch(line -> line.text().equals(text));
  }

  private static void eventually(Callable<Boolean> holds) {
    Await.await("it to be so", LIMIT, holds);
  }
}
