package dev.slipway.router;

import static dev.slipway.router.RouterFixture.id;
import static dev.slipway.router.RouterFixture.route;
import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.core.AppName;
import dev.slipway.core.Secret;
import dev.slipway.testing.TestAuthority;
import dev.slipway.testing.TestAuthority.Issued;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Which certificate a handshake gets, and that changing it costs nobody anything.
@Tag("docker")
class RouterCertificatesIT extends OneRouter {
  private static final TestAuthority ROOT = TestAuthority.root("Router tests");
  private static final TestAuthority MIDDLE = ROOT.below("Router tests middle");
  private static int tlsPort;

  @BeforeAll
  static void findPort() throws Exception {
    tlsPort = router.published("443/tcp");
  }

  @Test
  void aDomainIsServedWithItsOwnCertificate() throws Exception {
    try (var echo = TestDyno.echo()) {
      serve("exact", MIDDLE.issue("www.one.example"));
      serve("wildcard", MIDDLE.issue(TestAuthority.rsa(2048), "*.two.example"));
      router.publish(
          app(
              "one",
              echo,
              Map.of("www.one.example", "exact", "*.two.example", "wildcard"),
              "plain.example"));
      var client = Tls.trusting(ROOT.certificate());
      for (var protocol : List.of("TLSv1.2", "TLSv1.3")) {
        var answer = client.get(tlsPort, "www.one.example", protocol);
        assertEquals(protocol, answer.protocol());
        assertTrue(answer.text().contains("X-Forwarded-Proto: https\r\n"), answer.text());
        assertTrue(answer.text().contains("X-Forwarded-Port: 443"), answer.text());
        assertTrue(client.get(tlsPort, "any.two.example", protocol).text().contains(" 200 OK"));
      }
      router.awaitLine("one", "protocol=https");
      assertThrows(SSLException.class, () -> client.get(tlsPort, "plain.example"));
      var all = Tls.trustingAll();
      assertEquals("CN=*.two.example", all.get(tlsPort, "a.b.two.example").subject());
      assertEquals("CN=www.one.example", all.get(tlsPort, "WWW.One.Example").subject());
      assertEquals("CN=slipway-router", all.get(tlsPort, "plain.example").subject());
      assertTrue(all.get(tlsPort, "plain.example").text().contains(" 200 OK"));
      assertEquals("CN=slipway-router", all.get(tlsPort, "127.0.0.1").subject());
      assertTrue(all.get(tlsPort, "stranger.example").text().contains(" 404 Not Found"));
      assertFalse(router.errors().contains("can't be used"), router.errors());
    }
  }

  @Test
  void aCertificateIsReplacedUnderLoadWithoutALostRequest() throws Exception {
    try (var dyno = TestDyno.saying("hello")) {
      serve("r0", MIDDLE.issue("www.rotate.example"));
      router.publish(app("rotate", dyno, Map.of("www.rotate.example", "r0")));
      var stop = new AtomicBoolean();
      var answered = new AtomicInteger();
      var lost = new CopyOnWriteArrayList<String>();
      var clients =
          IntStream.range(0, 4)
              .mapToObj(_ -> Thread.ofVirtual().start(() -> load(stop, answered, lost)))
              .toList();
      for (var round = 1; round <= 12; round++) {
        var issued = MIDDLE.issue("www.rotate.example", "round-" + round + ".example");
        serve("r" + round, issued);
        router.publish(app("rotate", dyno, Map.of("www.rotate.example", "r" + round)));
        var seen = Tls.trustingAll().get(tlsPort, "www.rotate.example").certificate();
        assertTrue(
            seen.getSubjectAlternativeNames().toString().contains("round-" + round + ".example"));
      }
      stop.set(true);
      for (var client : clients) {
        client.join();
      }
      assertEquals(List.of(), lost);
      System.out.println(
          answered + " handshakes and requests while 12 certificates came, none lost");
      assertTrue(answered.get() >= 12, "only " + answered);
    }
  }

  private static void load(AtomicBoolean stop, AtomicInteger answered, List<String> lost) {
    while (!stop.get()) {
      try {
        var text = Tls.trusting(ROOT.certificate()).get(tlsPort, "www.rotate.example").text();
        if (text.endsWith("hello")) {
          answered.incrementAndGet();
        } else {
          lost.add(text);
        }
      } catch (Exception e) {
        lost.add(e.toString());
      }
    }
  }

  @Test
  void sessionsAreResumedOnWhateverWorker() throws Exception {
    try (var dyno = TestDyno.saying("hello")) {
      serve("session", MIDDLE.issue("www.session.example"));
      router.publish(app("session", dyno, Map.of("www.session.example", "session")));
      var client = Tls.trusting(ROOT.certificate());
      var sessions =
          IntStream.range(0, 12)
              .mapToObj(_ -> {
                try {
                  return client.get(tlsPort, "www.session.example", "TLSv1.2").since();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              })
              .distinct()
              .toList();
      assertEquals(1, sessions.size());
    }
  }

  @Test
  void aRouterThatStartsWithoutControlServesCertificatesFromDisk() throws Exception {
    try (var dyno = TestDyno.saying("hello")) {
      var issued = MIDDLE.issue("www.disk.example");
      serve("disk", issued);
      router.publish(app("disk", dyno, Map.of("www.disk.example", "disk")));
      var kept = router.inside("cat", "/var/lib/slipway/router/certificates.json");
      assertTrue(kept.contains("BEGIN ENCRYPTED PRIVATE KEY"), "no key on disk");
      assertFalse(kept.contains(base64(issued).substring(0, 40)), "a key in the clear");
      router.stopControl();
      router.restart();
      await(
          "its certificate",
          () -> {
            try {
              return Tls.trustingAll()
                  .get(router.published("443/tcp"), "www.disk.example")
                  .subject()
                  .equals("CN=www.disk.example");
            } catch (IOException notYet) {
              return false;
            }
          });
      router.startControl();
      router.publish(app("disk", dyno, Map.of("www.disk.example", "disk")));
      port = router.port();
      tlsPort = router.published("443/tcp");
    }
  }

  @Test
  void aCertificateThatControlLacksHoldsNoTableUp() throws Exception {
    try (var dyno = TestDyno.saying("hello")) {
      router.publish(app("lacking", dyno, Map.of("www.lacking.example", "nowhere")));
      var answer = Tls.trustingAll().get(tlsPort, "www.lacking.example");
      assertEquals("CN=slipway-router", answer.subject());
      assertTrue(answer.text().endsWith("hello"), answer.text());
    }
  }

  @Test
  void browsersGetHttp2() throws Exception {
    try (var echo = TestDyno.echo()) {
      serve("http2", MIDDLE.issue("www.two.example"));
      router.publish(app("http2", echo, Map.of("www.two.example", "http2")));
      var command =
          List.of(
              "curl",
              "-sk",
              "--http2",
              "-w",
              "version=%{http_version}",
              "--resolve",
              "www.two.example:" + tlsPort + ":127.0.0.1",
              "https://www.two.example:" + tlsPort + "/path");
      var text = output(command);
      assumeTrue(!text.isEmpty(), "skipped: there is no curl");
      assertTrue(text.contains("version=2"), text);
      assertTrue(text.contains("GET /path HTTP/1.1"), text);
      assertTrue(text.contains("Host: www.two.example"), text);
      assertTrue(text.contains("X-Forwarded-Proto: https"), text);
    }
  }

  private static String output(List<String> command) throws Exception {
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException none) {
      return "";
    }
  }

  private static void serve(String fingerprint, Issued issued) {
    router.certificates.put(
        fingerprint,
        new ServerCertificate(
            fingerprint, issued.certificate() + MIDDLE.certificate(), new Secret(base64(issued))));
  }

  private static String base64(Issued issued) {
    return String.join("", issued.key().lines().filter(line -> !line.startsWith("-")).toList());
  }

  private static AppRoutes app(
      String name, TestDyno dyno, Map<String, String> certificates, String... hosts) {
    return new AppRoutes(
        id(name),
        new AppName(name),
        Stream.concat(certificates.keySet().stream(), Arrays.stream(hosts)).toList(),
        false,
        1,
        List.of(route(name + "-web-1-g1", dyno.port())),
        List.of(),
        null,
        false,
        Map.of(),
        certificates);
  }
}
