package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.UserError;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Which machines may join, and what the others are told.
class HostFactsTest {
  private static final Instant ASKED = Instant.parse("2026-11-30T12:00:00Z");
  private static final Instant ANSWERED = ASKED.plusSeconds(1);

  private static final List<Cidr> OVERLAYS = List.of(Cidr.parse("10.202.0.0/16"));

  private static final List<String> GOOD =
      List.of(
          "system=debian 12",
          "machine=x86_64",
          "kernel=6.1.0",
          "cpus=4",
          "memory=8388608",
          "disk=52428800",
          "address=10.0.0.12",
          "time=" + ASKED.plusMillis(500).toEpochMilli());

  @Test
  void aMachineThatHasAllMayJoin() {
    var facts = facts().require("host", "x86_64", OVERLAYS);
    assertEquals("debian 12, 4 CPUs, 8 GB", facts.summary());
    assertEquals("10.0.0.12", facts.address());
    facts("system=ubuntu 24.04").require("host", "x86_64", OVERLAYS);
  }

  @Test
  void othersAreToldWhatIsWrong() {
    assertRefused("it runs fedora 43", facts("system=fedora 43"));
    assertRefused("it runs debian 13", facts("system=debian 13"));
    assertRefused("it is aarch64", facts("machine=aarch64"));
    assertRefused("2048 MB of disk", facts("disk=2097152"));
    assertRefused("no route", facts("address="));
    assertRefused("listens on its port 443", facts("taken443=yes"));
  }

  @Test
  void aMachineThatSendsDynosPacketsElsewhereIsRefused() {
    var head = "routes=Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT;";
    var outward = "eth0 00000000 010000A0 0003 0 0 0 00000000 0 0 0;";
    facts(head + outward + "docker0 000011AC 00000000 0001 0 0 0 0000FFFF 0 0 0;")
        .require("host", "x86_64", OVERLAYS);
    assertRefused(
        "it has a route to 10.202.7.0/24",
        facts(head + outward + "tun0 0007CA0A 00000000 0001 0 0 0 00FFFFFF 0 0 0;"));
    assertRefused(
        "it has a route to 10.0.0.0/8",
        facts(head + "tun0 0000000A 00000000 0001 0 0 0 000000FF 0 0 0;"));
  }

  @Test
  void aClockThatIsFarOffKeepsAMachineOut() {
    var late = ASKED.minusSeconds(3600).toEpochMilli();
    assertRefused("its clock is 3600 s late", facts("time=" + late));
    var early = ANSWERED.plusSeconds(31).toEpochMilli();
    assertRefused("its clock is 31 s early", facts("time=" + early));
    facts("time=" + ANSWERED.plusSeconds(29).toEpochMilli()).require("host", "x86_64", OVERLAYS);
    assertRefused("its clock", facts("time=%s3N"));
  }

  private static void assertRefused(String why, HostFacts facts) {
    var error =
        assertThrows(UserError.class, () -> facts.require("ssh://host", "x86_64", OVERLAYS));
    var said = error.problem().toString();
    assertTrue(said.contains(why), said);
    assertTrue(said.contains("ssh://host can't be a host"), said);
  }

  /// Later lines count.
  private static HostFacts facts(String... other) {
    var lines = new ArrayList<>(GOOD);
    lines.addAll(List.of(other));
    return HostFacts.of(lines, ASKED, ANSWERED);
  }
}
