package dev.slipway.install;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where this host's packets go, as the kernel's table says: which addresses are taken, and which
/// interface leads outside.
///
/// @param taken blocks that are routed already
/// @param outward the interface of the default route, or empty without one
record HostRoutes(List<Cidr> taken, String outward) {
  private static final int ETHERNET_MTU = 1500;
  private static final int OVERLAY_OVERHEAD = 50;

  /// Pairs of blocks, one for Swarm's pool and one for dynos; seldom used by clouds and home
  /// networks.
  private static final List<Pools> CANDIDATES =
      List.of(
          new Pools(Cidr.parse("10.201.0.0/16"), Cidr.parse("10.202.0.0/16")),
          new Pools(Cidr.parse("10.233.0.0/16"), Cidr.parse("10.234.0.0/16")),
          new Pools(Cidr.parse("172.30.0.0/16"), Cidr.parse("172.31.0.0/16")),
          new Pools(Cidr.parse("10.117.0.0/16"), Cidr.parse("10.118.0.0/16")),
          new Pools(Cidr.parse("100.70.0.0/16"), Cidr.parse("100.71.0.0/16")));

  HostRoutes {
    taken = List.copyOf(taken);
  }

  /// Address blocks of an installation.
  ///
  /// @param swarm what Swarm cuts its networks from
  /// @param dynos the network of routers (lower half) and dynos (upper half)
  record Pools(Cidr swarm, Cidr dynos) {}

  static HostRoutes read() {
    try {
      return parse(Files.readAllLines(Path.of("/proc/net/route")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Reads the lines of `/proc/net/route`: addresses in hexadecimal, lowest byte first.
  static HostRoutes parse(List<String> lines) {
    var taken = new ArrayList<Cidr>();
    var outward = "";
    for (var line : lines.subList(Math.min(1, lines.size()), lines.size())) {
      var fields = line.trim().split("\\s+", -1);
      var prefix = Integer.bitCount(Integer.parseUnsignedInt(fields[7], 16));
      if (prefix == 0) {
        outward = outward.isEmpty() ? fields[0] : outward;
      } else {
        var address = Integer.reverseBytes(Integer.parseUnsignedInt(fields[1], 16));
        taken.add(new Cidr(address, prefix));
      }
    }
    return new HostRoutes(taken, outward);
  }

  /// The first pair of blocks that clashes neither with a route nor with what else is given, or
  /// null where all do.
  @org.jspecify.annotations.Nullable
  Pools freePools(List<Cidr> alsoTaken) {
    return CANDIDATES.stream()
        .filter(pools -> isFree(pools.swarm(), alsoTaken) && isFree(pools.dynos(), alsoTaken))
        .findFirst()
        .orElse(null);
  }

  /// The first block for dynos that is free where Swarm has its pool already, or null.
  @org.jspecify.annotations.Nullable
  Cidr freeDynos(List<Cidr> alsoTaken) {
    return CANDIDATES.stream()
        .map(Pools::dynos)
        .filter(dynos -> isFree(dynos, alsoTaken))
        .findFirst()
        .orElse(null);
  }

  /// The largest packet that fits into the overlay's envelope on the way outside.
  int overlayMtu() {
    try {
      var mtu = Path.of("/sys/class/net", outward, "mtu");
      var outer =
          outward.isEmpty() ? ETHERNET_MTU : Integer.parseInt(Files.readString(mtu).strip());
      return outer - OVERLAY_OVERHEAD;
    } catch (IOException unknown) {
      return ETHERNET_MTU - OVERLAY_OVERHEAD;
    }
  }

  /// This host's address on the way outside; loopback where there is none.
  String address() {
    return addressOf(outward).orElse("127.0.0.1");
  }

  /// The first IPv4 address of the interface, where there is such an interface.
  static Optional<String> addressOf(String device) {
    try {
      var found = device.isEmpty() ? null : NetworkInterface.getByName(device);
      return found == null
          ? Optional.empty()
          : found
              .inetAddresses()
              .filter(Inet4Address.class::isInstance)
              .map(InetAddress::getHostAddress)
              .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isFree(Cidr block, List<Cidr> alsoTaken) {
    return taken.stream().noneMatch(block::overlaps)
        && alsoTaken.stream().noneMatch(block::overlaps);
  }
}
