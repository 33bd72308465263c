package dev.slipway.outbound;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.UserError;
import dev.slipway.testing.HttpReceiver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What may be sent where.
class OutboundTest {
  private static final List<String> SCHEMES = List.of("https", "http");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://localhost/",
        "https://127.1.2.3/",
        "https://10.0.0.1:8443/",
        "https://172.31.255.255/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1]/",
        "https://[fd00:ec2::254]/",
        "https://[64:ff9b::a00:1]/",
        "http://93.184.215.14/"
      })
  void whatIsPrivateOrPlainIsRefused(String url) {
    var thrown =
        assertThrows(
            UserError.class, () -> Targets.allowing("").require(Target.parse(url, SCHEMES)));
    assertEquals(422, thrown.problem().code().httpStatus());
    assertTrue(thrown.problem().sentence().contains(Targets.SETTING), thrown.getMessage());
  }

  @Test
  void whatTheInstallationAllowsIsNot() {
    var targets = Targets.allowing("10.1.0.0/16, 127.0.0.1, fd00::/8");
    for (var url :
        List.of(
            "http://10.1.200.3/", "https://127.0.0.1/", "http://[fd00::7]/", "https://9.9.9.9/")) {
      assertDoesNotThrow(() -> targets.require(Target.parse(url, SCHEMES)), url);
    }
    for (var url : List.of("https://10.2.0.1/", "https://127.0.0.2/", "http://9.9.9.9/")) {
      assertThrows(UserError.class, () -> targets.require(Target.parse(url, SCHEMES)), url);
    }
    assertThrows(IllegalArgumentException.class, () -> Targets.allowing("10.0.0.0/99"));
    assertThrows(IllegalArgumentException.class, () -> Targets.allowing("localhost"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://user:secret@example.com/",
        "https://user:secret@/",
        "https://user:secret@exa mple.com/",
        "https://user:secret@example.com:99999/",
        "https://user:secret@example.com/#fragment",
        "user:secret"
      })
  void whatCanNotBeReadIsNeverRepeated(String url) {
    var thrown = assertThrows(UserError.class, () -> Target.parse(url, SCHEMES));
    assertFalse(thrown.problem().sentence().contains("secret"), url);
  }

  @Test
  void aTargetIsShownWithoutItsSecrets() {
    var target = Target.parse("https://user:secret@example.com/in/key?token=1", SCHEMES);
    assertEquals("https://example.com:443", target.toString());
  }

  @Test
  void theAddressIsCheckedAgainAtEachConnection() {
    try (var receiver = new HttpReceiver(null);
        var outbound = new Outbound(Targets.allowing(""), null)) {
      // As if the name had led elsewhere when it was added.
      var target = Target.parse(receiver.url(), SCHEMES);
      var literal = Target.parse(receiver.url().replace("localhost", "127.0.0.1"), SCHEMES);
      for (var each : List.of(target, literal)) {
        assertThrows(TargetRefused.class, () -> outbound.post(each, Map.of(), new byte[0]));
        assertThrows(TargetRefused.class, () -> outbound.connect(each));
      }
      assertEquals(0, receiver.asked());
    }
  }

  @Test
  void redirectsAreNotFollowed() throws Exception {
    try (var receiver = new HttpReceiver(null);
        var outbound = new Outbound(Targets.allowing("127.0.0.0/8, ::1"), null)) {
      receiver.answer(302);
      var target = Target.parse(receiver.url(), SCHEMES);
      assertEquals(302, outbound.post(target, Map.of(), new byte[0]));
      assertEquals(1, receiver.asked());
    }
  }

  @Test
  void aPathThatBeginsWithTwoSlashesIsSentAsItIs() throws Exception {
    try (var receiver = new HttpReceiver(null);
        var outbound = new Outbound(Targets.allowing("127.0.0.0/8, ::1"), null)) {
      for (var path : List.of("//hooks/in?x=1", "//hooks:1x/in", "/in?to=//there")) {
        var target = Target.parse(receiver.url() + path, SCHEMES);
        assertEquals(200, outbound.post(target, Map.of(), new byte[0]));
        assertEquals(path, receiver.requests().getLast().path());
      }
    }
  }

  @Test
  void anAnswerThatDoesNotEndIsStillAnAnswer() throws Exception {
    try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        var outbound = new Outbound(Targets.allowing("127.0.0.0/8, ::1"), null)) {
      Thread.ofVirtual().start(() -> answerForEver(server));
      var url = "http://" + InetAddress.getLoopbackAddress().getHostAddress() + ":";
      var target = Target.parse(url + server.getLocalPort(), SCHEMES);
      assertEquals(200, outbound.post(target, Map.of(), new byte[0]));
    }
  }

  private static void answerForEver(ServerSocket server) {
    try (var connection = server.accept();
        var out = connection.getOutputStream()) {
      out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      while (true) {
        out.write(new byte[8192]);
      }
    } catch (IOException over) {
      // The client has enough.
    }
  }

  @Test
  void aBlockHoldsItsAddresses() {
    var block = AddressBlock.parse("172.16.0.0/12");
    assertTrue(block.contains(InetAddress.ofLiteral("172.31.255.255")));
    assertFalse(block.contains(InetAddress.ofLiteral("172.32.0.0")));
    assertFalse(block.contains(InetAddress.ofLiteral("::1")));
    assertTrue(AddressBlock.parse("fc00::/7").contains(InetAddress.ofLiteral("fdff::1")));
    assertFalse(AddressBlock.parse("fc00::/7").contains(InetAddress.ofLiteral("fe00::1")));
    assertTrue(AddressBlock.parse("0.0.0.0/0").contains(InetAddress.ofLiteral("8.8.8.8")));
  }
}
