package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The kernel's routes, and the addresses that they leave free.
class HostRoutesTest {
  private static final String HEAD = "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU";

  @Test
  void theKernelsTableIsReadWithItsLowestByteFirst() {
    var routes =
        HostRoutes.parse(
            List.of(
                HEAD,
                "eth0 00000000 010200C0 0003 0 0 0 00000000 0 0 0",
                "docker0 000011AC 00000000 0001 0 0 0 0000FFFF 0 0 0",
                "eth0 000200C0 00000000 0001 0 0 0 00FFFFFF 0 0 0"));
    assertEquals("eth0", routes.outward());
    assertEquals(List.of(Cidr.parse("172.17.0.0/16"), Cidr.parse("192.0.2.0/24")), routes.taken());
  }

  @Test
  void aHostWithoutRoutesGetsTheFirstBlocks() {
    var pools = Objects.requireNonNull(HostRoutes.parse(List.of(HEAD)).freePools(List.of()));
    assertEquals("10.201.0.0/16", pools.swarm().toString());
    assertEquals("10.202.0.0/16", pools.dynos().toString());
  }

  @Test
  void aVpcThatHoldsTheFirstBlocksIsKeptOutOf() {
    var routes = new HostRoutes(List.of(Cidr.parse("10.192.0.0/11")), "eth0");
    var pools = Objects.requireNonNull(routes.freePools(List.of(Cidr.parse("10.233.4.0/24"))));
    assertEquals("172.30.0.0/16", pools.swarm().toString());
  }

  @Test
  void noBlockIsGivenWhereEverythingIsRouted() {
    var everything = IntStream.range(0, 2).mapToObj(half -> new Cidr(half << 31, 1)).toList();
    assertNull(new HostRoutes(everything, "eth0").freePools(List.of()));
    assertNull(new HostRoutes(everything, "eth0").freeDynos(List.of()));
  }
}
