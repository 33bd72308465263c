package dev.slipway.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.engine.DynoState;
import dev.slipway.engine.TerminalSize;
import dev.slipway.observe.LogFilter;
import dev.slipway.testing.Await;
import dev.slipway.testing.FakeEngine;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Attached commands whose client talks SSH, by a client of another make than the stock one's.
class RunOverSshTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String DYNOS = "/apps/orders/dynos";
  private static final String WINDOW = "\"env\":{\"TERM\":\"xterm\",\"COLUMNS\":97,\"LINES\":31}";

  private final FakeEngine engine = new FakeEngine();
  private @TempDir Path home;
  private LocalCertificate certificate;
  private TestApi api;

  @BeforeEach
  void start() {
    certificate = LocalCertificate.in(home);
    api = new TestApi(home, certificate.certificate(), certificate.privateKey(), engine);
    api.deployed("orders");
    feature(true);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void theWindowIsToldAtTheStartAndWhenItChanges() throws Exception {
    try (var client = attach("read line; echo got $line; exit 7")) {
      var shell = client.shell(97, 31);
      eventually(() -> engine.sizes().equals(List.of(new TerminalSize(97, 31))));
      shell.sendWindowChange(120, 40);
      eventually(() -> engine.sizes().contains(new TerminalSize(120, 40)));
      type(shell, "word\n");
      assertEquals("got word\n", rest(shell));
      assertEquals(7, status(shell));
    }
    eventually(() -> engine.dynos().isEmpty());
  }

  @Test
  void aWindowWithoutASizeHasTheUsualOne() throws Exception {
    try (var client = attach("exit 0")) {
      client.shell(0, 0);
      eventually(() -> engine.sizes().equals(List.of(new TerminalSize(80, 24))));
    }
  }

  @Test
  void theStatusIsToldAsTheStockClientWantsIt() throws Exception {
    var marker = "\uffff heroku-command-exit-status: ";
    try (var client = attach("echo out; exit 7 ; echo \\\"" + marker + "$?\\\"")) {
      var shell = client.shell(97, 31);
      assertEquals("out\n" + marker + "7\n", rest(shell));
      assertEquals(7, status(shell));
    }
  }

  @Test
  void theSizeAtTheStartIsNoVariable() throws Exception {
    attachUrl(DYNOS, "sleep 100", WINDOW);
    var environment = engine.spec(engine.dynos().getFirst().service()).environment();
    assertTrue(environment.containsKey("TERM"));
    assertNull(environment.get("COLUMNS"));
    assertNull(environment.get("LINES"));
  }

  @Test
  void onlyAWindowOfAnAppThatWantsItComesBySsh() throws Exception {
    var scheme = "rendezvous";
    assertEquals(scheme, attachUrl(DYNOS, "sleep 9", "\"env\":{\"TERM\":\"xterm\"}").getScheme());
    assertEquals(
        scheme, attachUrl(DYNOS, "sleep 9", "\"force_no_tty\":true," + WINDOW).getScheme());
    var words = WINDOW.replace("97", "\"wide\"");
    assertEquals(scheme, attachUrl(DYNOS, "sleep 9", words).getScheme());
    assertEquals("https", attachUrl(DYNOS, "sleep 9", WINDOW).getScheme());
    feature(false);
    assertEquals(scheme, attachUrl(DYNOS, "sleep 9", WINDOW).getScheme());
  }

  @Test
  void aSecretOpensOnceByItsOwnWireAndAWrongOneNever() throws Exception {
    var url = attachUrl(DYNOS, "sleep 100", WINDOW);
    var wrong = url.resolve("/" + "0".repeat(url.getPath().length() - 1));
    assertThrows(IOException.class, () -> SshAttachment.upgraded(wrong, certificate));
    try (var asked = RawRendezvous.silent(url, certificate)) {
      asked.send(SshAttachment.request(url, "Connection: close\r\n"));
      assertThrows(IOException.class, () -> refused(asked));
    }
    try (var first = SshAttachment.to(url, certificate)) {
      first.shell(97, 31);
      assertThrows(IOException.class, () -> SshAttachment.upgraded(url, certificate));
    }
    var other = attachUrl(DYNOS, "sleep 100", WINDOW);
    try (var greeted = RawRendezvous.to(other, certificate)) {
      assertThrows(IOException.class, () -> refused(greeted));
    }
    var plain = attachUrl(DYNOS, "sleep 100", "\"force_no_tty\":true");
    assertThrows(IOException.class, () -> SshAttachment.upgraded(plain, certificate));
  }

  /// A connection that is closed at once may be seen as reset, or as ended.
  private static void refused(RawRendezvous client) throws IOException {
    if (client.next().isEmpty()) {
      throw new IOException("closed");
    }
  }

  /// The stock client throws away what comes together with the answer.
  @Test
  void theClientBegins() throws Exception {
    var url = attachUrl(DYNOS, "sleep 100", WINDOW);
    try (var client = SshAttachment.upgraded(url, certificate)) {
      client.socket().setSoTimeout(500);
      assertThrows(SocketTimeoutException.class, client::next);
      client.send("SSH-2.0-test\r\n");
      assertTrue(client.next().startsWith("SSH-2.0-"));
    }
  }

  @Test
  void nothingButOneShellIsToBeHad() throws Exception {
    try (var client = attach("read line; echo over")) {
      var session = client.session();
      var here = new SshdSocketAddress("127.0.0.1", api.api.httpPort());
      assertThrows(SshException.class, () -> opened(session.createDirectTcpipChannel(here, here)));
      var any = new SshdSocketAddress("127.0.0.1", 0);
      assertThrows(SshException.class, () -> session.startRemotePortForwarding(any, here));
      var shell = client.shell(97, 31);
      assertThrows(SshException.class, () -> client.shell(97, 31));
      type(shell, "\n");
      assertEquals("over\n", rest(shell));
      assertEquals(1, engine.sizes().size());
    }
  }

  @Test
  void noOtherCommandIsToBeHad() throws Exception {
    try (var client = attach("sleep 100")) {
      endsAtOnce(client.session().createExecChannel("id"));
    }
    try (var client = attach("sleep 100")) {
      endsAtOnce(client.session().createSubsystemChannel("sftp"));
    }
    assertEquals(List.of(), engine.sizes());
    assertFalse(has("Starting process with command `sleep 100`"));
  }

  private static void endsAtOnce(ClientChannel channel) throws IOException {
    channel.open().verify(LIMIT);
    var events = channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LIMIT);
    assertTrue(events.contains(ClientChannelEvent.CLOSED), events::toString);
    assertNull(channel.getExitStatus());
  }

  private static void opened(ClientChannel channel) throws IOException {
    try {
      channel.open().verify(LIMIT);
    } finally {
      channel.close(false).await(LIMIT);
    }
  }

  @Test
  void theEndOfAPipeIsAnEnd() throws Exception {
    try (var client = attach("cat; echo over")) {
      var shell = client.pipes();
      type(shell, "one\ntwo");
      shell.getInvertedIn().close();
      assertEquals("one\ntwoover\n", rest(shell));
      assertEquals(List.of(), engine.sizes());
    }
  }

  @Test
  void inputThatBreaksOffIsNoEnd() throws Exception {
    var begun = home.resolve("begun");
    var complete = home.resolve("complete");
    var command = "touch " + begun + "; cat >/dev/null && touch " + complete;
    try (var client = attach(command)) {
      type(client.pipes(), "half");
      eventually(() -> Files.exists(begun));
    }
    eventually(() -> engine.dynos().isEmpty());
    assertFalse(Files.exists(complete));
  }

  @Test
  void aLargeOutputArrivesWholeAlsoWhereItsReaderIsSlow() throws Exception {
    try (var client = attach("head -c 9000000 /dev/zero | tr '\\\\0' x; echo over")) {
      var shell = client.pipes();
      Thread.sleep(2000);
      var said = rest(shell);
      assertEquals(9_000_005, said.length());
      assertTrue(said.endsWith("xover\n"));
    }
  }

  @Test
  void aClientThatGoesOrNeverAsksForItsShellLeavesNoDyno() throws Exception {
    try (var client = attach("sleep 100")) {
      client.shell(97, 31);
      eventually(() -> engine.sizes().size() == 1);
    }
    eventually(() -> engine.dynos().isEmpty());
    try (var client = attach("sleep 100")) {
      eventually(() -> engine.dynos().isEmpty());
      eventually(() -> client.session().isClosed());
    }
    assertEquals(1, engine.sizes().size());
  }

  @Test
  void aCommandInsideTellsItsWindowToo() throws Exception {
    var app = api.apps.get("orders");
    engine.startWeb(app.id());
    var url = attachUrl(DYNOS + "/web.1", "read line; echo -$COLUMNS-$TERM", WINDOW);
    try (var client = SshAttachment.to(url, certificate)) {
      var shell = client.shell(97, 31);
      shell.sendWindowChange(120, 40);
      eventually(() -> engine.sizes().contains(new TerminalSize(120, 40)));
      type(shell, "\n");
      assertEquals("--xterm\n", rest(shell));
    }
    assertEquals(1, engine.dynos().stream().filter(DynoState::running).count());
  }

  private void feature(boolean enabled) {
    var answer =
        api.send("PATCH", "/apps/orders/features/run-over-ssh", "{\"enabled\":" + enabled + "}");
    assertEquals(200, answer.status(), answer::text);
  }

  private SshAttachment attach(String command) throws Exception {
    return SshAttachment.to(attachUrl(DYNOS, command, WINDOW), certificate);
  }

  private URI attachUrl(String path, String command, String more) {
    var body = "{\"command\":\"" + command + "\",\"attach\":true," + more + "}";
    var answer = api.send("POST", path, body);
    assertEquals(201, answer.status(), answer::text);
    return URI.create(answer.json().get("attach_url").stringValue());
  }

  private static void type(ClientChannel shell, String text) throws IOException {
    shell.getInvertedIn().write(text.getBytes(UTF_8));
    shell.getInvertedIn().flush();
  }

  private static String rest(ClientChannel shell) throws IOException {
    return new String(shell.getInvertedOut().readAllBytes(), UTF_8);
  }

  private static int status(ClientChannel shell) {
    shell.waitFor(EnumSet.of(ClientChannelEvent.EXIT_STATUS), LIMIT);
    return shell.getExitStatus();
  }

  private boolean has(String text) {
    return api.logs.recent(api.apps.get("orders").id(), new LogFilter(null, null), 1000).stream()
        .anyMatch(line -> line.text().equals(text));
  }

  private static void eventually(Callable<Boolean> holds) {
    Await.await("it to be so", LIMIT, holds);
  }
}
