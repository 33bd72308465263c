package dev.slipway.agent;

import static dev.slipway.testing.Await.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.engine.Containers;
import dev.slipway.engine.DockerApi;
import dev.slipway.testing.TestAuthority;
import dev.slipway.testing.TestAuthority.Issued;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An agent and control, with TLS between them, in front of an engine.
@Timeout(60)
class AgentTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final int BEAT_AND_WAITING = 3;

  @TempDir Path directory = Path.of("");
  private final TestAuthority authority = TestAuthority.root("installation");
  private final List<Thread> running = new ArrayList<>();
  private UnixEngine engine;
  private Agents agents;

  @BeforeEach
  void start() throws Exception {
    engine = new UnixEngine(directory.resolve("engine"));
    agents = agents(0);
  }

  @AfterEach
  void stop() throws Exception {
    running.forEach(Thread::interrupt);
    agents.close();
    engine.close();
  }

  @Test
  void controlHasTheHostsEngineAndItsFigures() {
    agent("n1", agents.port());
    var docker = awaitEngine("n1");
    assertTrue(docker.answers());
    await(() -> agents.figures("n1").isPresent());
    var figures = agents.figures("n1").orElseThrow();
    assertTrue(figures.memoryTotal() > figures.memoryUsed() && figures.memoryUsed() > 0);
    assertTrue(figures.diskTotal() > figures.diskUsed() && figures.diskUsed() > 0);
    assertTrue(figures.cpu() >= 0 && figures.cpu() <= 1);
    assertTrue(agents.of("n2").isEmpty());
  }

  @Test
  void aCommandSeesTheEndOfItsInputAndItsOutputComesWhole() {
    agent("n1", agents.port());
    var input = "a line\n".repeat(100_000);
    var lines = new ArrayList<String>();
    assertEquals(7, execute(awaitEngine("n1"), "some", input, lines));
    assertEquals(100_000, lines.size());
  }

  @Test
  void aThousandConnectionsLeaveNothingBehind() {
    agent("n1", agents.port());
    var docker = awaitEngine("n1");
    for (var i = 0; i < 1000; i++) {
      assertEquals(7, execute(docker, "some", "x\n", new ArrayList<>()));
    }
    assertTrue(engine.connections() >= 1000);
    // One more is kept open by the client of the engine.
    await("no connection is left", () -> agents.connections() <= BEAT_AND_WAITING + 1);
  }

  @Test
  void manyCommandsMayBeginAtOnce() throws Exception {
    agent("n1", agents.port());
    var docker = awaitEngine("n1");
    var ended = new AtomicInteger();
    var threads = new ArrayList<Thread>();
    for (var i = 0; i < 150; i++) {
      threads.add(
          Thread.startVirtualThread(() -> {
            if (execute(docker, "some", "x\n", new ArrayList<>()) == 7) {
              ended.incrementAndGet();
            }
          }));
    }
    for (var thread : threads) {
      thread.join();
    }
    assertEquals(150, ended.get());
  }

  @Test
  void anAgentThatDiesComesBack() {
    var agent = agent("n1", agents.port());
    awaitEngine("n1");
    agent.interrupt();
    await("it is seen to be away", SOON.multipliedBy(2), () -> agents.of("n1").isEmpty());
    agent("n1", agents.port());
    assertTrue(awaitEngine("n1").answers());
  }

  @Test
  void controlThatStartsAgainHasItsAgentsSoon() throws Exception {
    agent("n1", agents.port());
    awaitEngine("n1");
    var port = agents.port();
    agents.close();
    Thread.sleep(3000);
    agents = agents(port);
    await("the agent is back", SOON, () -> agents.of("n1").isPresent());
    assertTrue(awaitEngine("n1").answers());
  }

  @Test
  void whatHangsOnASilentHostEnds() throws Exception {
    try (var cable = new Cable(agents.port())) {
      agent("n1", cable.port());
      var docker = awaitEngine("n1");
      var command =
          CompletableFuture.runAsync(() -> execute(docker, "silent", "", new ArrayList<>()));
      engine.awaitSilent();
      var began = System.nanoTime();
      cable.draw();
      assertThrows(Exception.class, command::join);
      var seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
      assertTrue(seconds <= 10, () -> "it took " + seconds + " seconds");
      assertTrue(agents.of("n1").isEmpty());
      cable.plugIn();
      assertTrue(awaitEngine("n1").answers());
    }
  }

  @Test
  void anAgentSpeaksForNoNodeButThatOfItsCertificate() throws Exception {
    agent("n1", agents.port());
    awaitEngine("n1");
    var raw = new Socket(InetAddress.getLoopbackAddress(), agents.port());
    try (var other = tls(authority.agent("n2"), authority).toControl(raw)) {
      var beat = dev.slipway.engine.Duplex.of(other, raw);
      new Wire.Hello(Wire.BEAT, "s").say(beat);
      Wire.line(beat.input());
      assertTrue(agents.of("n2").isPresent());
    }
    await(() -> agents.of("n2").isEmpty());
    assertTrue(awaitEngine("n1").answers());
  }

  @Test
  void whoHasNoCertificateOfAHostIsRefused() throws Exception {
    var stranger = TestAuthority.root("installation");
    assertRefused(tls(stranger.agent("n1"), authority));
    assertRefused(tls(authority.issue("localhost"), authority));
    assertRefused(tls(authority.agent("removed"), authority));
    try (var plain = new Socket(InetAddress.getLoopbackAddress(), agents.port())) {
      plain.getOutputStream().write("beat s\n".getBytes(UTF_8));
      assertEndedWithoutBeat(plain);
    }
    assertTrue(agents.of("n1").isEmpty() && agents.of("removed").isEmpty());
  }

  @Test
  void anAgentRefusesWhatIsNotControl() throws Exception {
    var other = new Agents(tls(authority.issue("elsewhere"), authority), 0, Set.of("n1")::contains);
    other.start();
    try (other) {
      agent("n1", other.port());
      Thread.sleep(1000);
      assertTrue(other.of("n1").isEmpty());
    }
  }

  private void assertRefused(MutualTls client) throws IOException {
    try (var raw = new Socket(InetAddress.getLoopbackAddress(), agents.port())) {
      assertThrows(
          IOException.class,
          () -> {
            var beat = dev.slipway.engine.Duplex.of(client.toControl(raw), raw);
            new Wire.Hello(Wire.BEAT, "s").say(beat);
            Wire.line(beat.input());
          });
    }
  }

  private static void assertEndedWithoutBeat(Socket plain) throws IOException {
    plain.setSoTimeout(10_000);
    try {
      var said = new String(plain.getInputStream().readAllBytes(), UTF_8);
      assertTrue(!said.contains("\n\n") && said.length() < 20, said);
    } catch (java.net.SocketException reset) {
      // The end of it, too.
    }
  }

  private int execute(DockerApi docker, String container, String input, List<String> lines) {
    return new Containers(docker)
        .execute(
            container, List.of("cat"), new ByteArrayInputStream(input.getBytes(UTF_8)), lines::add);
  }

  private DockerApi awaitEngine(String node) {
    await("the agent of " + node, () -> agents.of(node).isPresent());
    return agents.of(node).orElseThrow();
  }

  private Agents agents(int port) throws IOException {
    var made =
        new Agents(
            tls(authority.issue("localhost"), authority), port, Set.of("n1", "n2")::contains);
    made.start();
    return made;
  }

  private Thread agent(String node, int port) {
    try {
      var files = Files.createTempDirectory(directory, "agent");
      write(files, authority.agent(node));
      Files.writeString(files.resolve("ca.crt"), authority.certificate());
      var settings = new Agent.Settings("127.0.0.1", port, files, directory.resolve("engine"));
      var thread = Thread.ofVirtual().start(() -> run(new Agent(settings)));
      running.add(thread);
      return thread;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void run(Agent agent) {
    try {
      agent.run();
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private MutualTls tls(Issued own, TestAuthority trusted) throws IOException {
    var files = Files.createTempDirectory(directory, "tls");
    write(files, own);
    Files.writeString(files.resolve("ca.crt"), trusted.certificate());
    return MutualTls.read(
        files.resolve("agent.crt"), files.resolve("agent.key"), files.resolve("ca.crt"));
  }

  private static void write(Path files, Issued own) throws IOException {
    Files.writeString(files.resolve("agent.crt"), own.certificate());
    Files.writeString(files.resolve("agent.key"), own.key());
  }
}
