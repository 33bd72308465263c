package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.Networks;
import dev.slipway.engine.SwarmSetup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// The Swarm of one and its two networks, on addresses that nothing here uses.
final class SystemNetworks {
  static final String SYSTEM = "slipway-system";
  static final String DYNOS = "slipway-dynos";
  private static final Map<String, String> LABELS = Map.of("slipway.system", "network");

  private final SwarmSetup swarm;
  private final Networks networks;
  private final Ledger ledger;

  SystemNetworks(SwarmSetup swarm, Networks networks, Ledger ledger) {
    this.swarm = swarm;
    this.networks = networks;
    this.ledger = ledger;
  }

  /// Makes this host a Swarm of one, unless it manages one already.
  String ensureSwarm() {
    return switch (swarm.info().membership()) {
      case MANAGER ->
          ledger.has(Ledger.Entry.SWARM) ? "there already" : "this host's own Swarm is used";
      case WORKER ->
          throw problem(
              "This host is a worker of another Swarm", "`docker swarm leave`, if you may.");
      case BROKEN ->
          throw problem(
              "This host's Swarm is locked or in error", "See `docker info` and mend it.");
      case NONE -> {
        var routes = HostRoutes.read();
        var pools = routes.freePools(taken());
        if (pools == null) {
          throw noAddresses();
        }
        swarm.init(pools.swarm().toString(), routes.address());
        ledger.add(Ledger.Entry.SWARM);
        yield "made, networks from " + pools.swarm();
      }
    };
  }

  /// Makes the two networks.
  String ensureNetworks() {
    var made = new ArrayList<String>();
    var routes = HostRoutes.read();
    if (networks.find(SYSTEM).isEmpty()) {
      networks.create(new Networks.Overlay(SYSTEM, "", "", routes.overlayMtu(), LABELS));
      made.add(SYSTEM);
    }
    if (networks.find(DYNOS).isEmpty()) {
      var block = routes.freeDynos(taken());
      if (block == null) {
        throw noAddresses();
      }
      networks.create(
          new Networks.Overlay(
              DYNOS, block.toString(), block.upperHalf().toString(), routes.overlayMtu(), LABELS));
      made.add(DYNOS);
    }
    return made.isEmpty() ? "dynos in " + dynos() : "made, dynos in " + dynos();
  }

  /// The addresses of routers and dynos.
  Cidr dynos() {
    return Cidr.parse(dynosNetwork().subnets().getFirst());
  }

  Networks.Network dynosNetwork() {
    return networks
        .find(DYNOS)
        .orElseThrow(() -> problem("The network " + DYNOS + " is gone", "Run `./slipway up`."));
  }

  /// The addresses of both networks, which hosts share.
  List<Cidr> overlays() {
    return blocks(network -> List.of(SYSTEM, DYNOS).contains(network.name()));
  }

  private List<Cidr> taken() {
    return blocks(_ -> true);
  }

  private List<Cidr> blocks(Predicate<Networks.Network> which) {
    return networks.list().stream()
        .filter(which)
        .flatMap(network -> network.subnets().stream())
        .filter(subnet -> subnet.contains("."))
        .map(Cidr::parse)
        .toList();
  }

  private static UserError noAddresses() {
    return problem(
        "No block of addresses is free",
        "This host routes all of those that Slipway would take; `ip route` shows them.");
  }

  private static UserError problem(String what, String hint) {
    return new UserError(new Problem(ErrorCode.UNAVAILABLE, what, null, hint));
  }
}
