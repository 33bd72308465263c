package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import dev.slipway.engine.ContainerSpec;
import dev.slipway.engine.Networks.Network;
import dev.slipway.outbound.Targets;
import dev.slipway.testing.TestAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What whoever runs the installation writes into `control.env` reaches control, or is refused with
/// its line.
class ControlSettingsTest {
  private @TempDir Path directory;
  private Home home;

  @BeforeEach
  void makeHome() throws IOException {
    home = new Home(directory);
    Files.createDirectories(home.tls(""));
    Files.writeString(home.tls("own.pem"), TestAuthority.root("own").certificate());
  }

  @Test
  void withoutTheFileNothingIsSet() {
    assertEquals(Map.of(), ControlSettings.read(home));
  }

  @Test
  void linesAreReadAndCommentsPassedOver() throws IOException {
    write(
        "# where our log server is",
        "",
        " SLIPWAY_PRIVATE_TARGETS = 10.1.0.0/16, 127.0.0.1,fc00::/7, ::1 \r",
        "SLIPWAY_DISK_PERCENT=35",
        "SLIPWAY_TARGET_AUTHORITIES=" + home.tls("own.pem"));
    assertEquals(
        Map.of(
            "SLIPWAY_DISK_PERCENT",
            "35",
            "SLIPWAY_PRIVATE_TARGETS",
            "10.1.0.0/16, 127.0.0.1,fc00::/7, ::1",
            "SLIPWAY_TARGET_AUTHORITIES",
            home.tls("own.pem").toString()),
        ControlSettings.read(home));
  }

  @Test
  void anEmptyValueIsNone() throws IOException {
    write("SLIPWAY_PRIVATE_TARGETS=", "SLIPWAY_TARGET_AUTHORITIES=", "SLIPWAY_DISK_PERCENT=");
    assertEquals(Map.of(), ControlSettings.read(home));
  }

  @Test
  void whatItAllowsControlCanRead() throws IOException {
    write("SLIPWAY_PRIVATE_TARGETS=10.1.0.0/16,127.0.0.1,::1,fc00::/7,0.0.0.0/0,::/0");
    var blocks = ControlSettings.read(home).get(Targets.SETTING);
    Targets.allowing(blocks == null ? "not set" : blocks);
  }

  @Test
  void aBadLineIsRefusedWithFileAndNumber() throws IOException {
    for (var bad :
        List.of(
            "SLIPWAY_PRIVATE_TARGETS",
            "export SLIPWAY_PRIVATE_TARGETS=10.0.0.1",
            "SLIPWAY_HOME=/tmp",
            "SLIPWAY_DISK_PERCENT=100",
            "SLIPWAY_DISK_PERCENT=20%",
            "SLIPWAY_PRIVATE_TARGETS=log.example.com",
            "SLIPWAY_PRIVATE_TARGETS=10.0.0.0/33",
            "SLIPWAY_PRIVATE_TARGETS=10.0.0.0/-1",
            "SLIPWAY_PRIVATE_TARGETS=10.0.0.0/x",
            "SLIPWAY_PRIVATE_TARGETS=10.1",
            "SLIPWAY_PRIVATE_TARGETS=\"10.0.0.1\"",
            "SLIPWAY_PRIVATE_TARGETS=::/129",
            "SLIPWAY_TARGET_AUTHORITIES=own.pem",
            "SLIPWAY_TARGET_AUTHORITIES=" + home.tls("none.pem"),
            "SLIPWAY_TARGET_AUTHORITIES=" + home.tls(""),
            "SLIPWAY_TARGET_AUTHORITIES=/etc/hostname")) {
      write("# first", bad);
      var problem = assertThrows(UserError.class, this::read, bad).problem();
      assertEquals(ErrorCode.INVALID_PARAMS, problem.code());
      var said = problem.sentence();
      assertTrue(said.contains(home.controlSettings() + ", line 2: "), said);
    }
  }

  @Test
  void allBadLinesAreToldAtOnce() throws IOException {
    write("A=1", "SLIPWAY_PRIVATE_TARGETS=10.0.0.1", "SLIPWAY_PRIVATE_TARGETS=10.0.0.2", "B");
    var said = assertThrows(UserError.class, this::read).problem().sentence();
    for (var line : List.of("line 1: ", "line 3: ", "line 4: ")) {
      assertTrue(said.contains(line), said);
    }
    assertFalse(said.contains("line 2: "), said);
  }

  /// What was pasted into the wrong file may be a secret.
  @Test
  void whatStandsInALineThatIsNotOursIsNotRepeated() throws IOException {
    write("TOKEN=hunter2", "hunter2");
    assertFalse(assertThrows(UserError.class, this::read).problem().sentence().contains("hunter2"));
  }

  @Test
  void anAuthorityMustBeOneAndLieWhereControlSeesIt(@TempDir Path elsewhere) throws IOException {
    Files.writeString(home.tls("text.pem"), "no certificate");
    write("SLIPWAY_TARGET_AUTHORITIES=" + home.tls("text.pem"));
    var text = assertThrows(UserError.class, this::read).problem().sentence();
    assertTrue(text.contains("holds no certificate"), text);
    var outside = Files.copy(home.tls("own.pem"), elsewhere.resolve("own.pem"));
    for (var file : List.of(outside, Files.createSymbolicLink(home.tls("link.pem"), outside))) {
      write("SLIPWAY_TARGET_AUTHORITIES=" + file);
      var said = assertThrows(UserError.class, this::read).problem().sentence();
      assertTrue(said.contains("sees nothing outside " + directory), said);
    }
  }

  @Test
  void whatIsNoTextIsRefused() throws IOException {
    Files.write(home.controlSettings(), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    var said = assertThrows(UserError.class, this::read).problem().sentence();
    assertTrue(said.contains(home.controlSettings().toString()), said);
  }

  @Test
  void aChangeOfTheFileMakesAnotherControl() throws IOException {
    var before = control();
    write("# nothing");
    assertEquals(before.toString(), control().toString());
    write("SLIPWAY_PRIVATE_TARGETS=10.0.0.7");
    var allowed = control();
    assertEquals("10.0.0.7", allowed.environment().get("SLIPWAY_PRIVATE_TARGETS"));
    assertNotEquals(before.toString(), allowed.toString());
    Files.delete(home.controlSettings());
    assertEquals(before.toString(), control().toString());
  }

  /// Control reads the authorities when it starts.
  @Test
  void aChangeOfTheAuthoritiesMakesAnotherControl() throws IOException {
    write("SLIPWAY_TARGET_AUTHORITIES=" + home.tls("own.pem"));
    var before = control();
    assertEquals(
        home.tls("own.pem").toString(), before.environment().get("SLIPWAY_TARGET_AUTHORITIES"));
    assertEquals(before.toString(), control().toString());
    Files.writeString(home.tls("own.pem"), TestAuthority.root("next").certificate());
    assertNotEquals(before.toString(), control().toString());
  }

  private Map<String, String> read() {
    return ControlSettings.read(home);
  }

  private ContainerSpec control() {
    var dynos = new Network("0123456789abcdef", "slipway-dynos", List.of("10.5.0.0/16"));
    return new SystemParts(home, dynos, 2, "", 1, 1L << 30).spec("control");
  }

  private void write(String... lines) throws IOException {
    Files.writeString(
        home.controlSettings(), String.join("\n", lines) + "\n", StandardCharsets.UTF_8);
  }
}
