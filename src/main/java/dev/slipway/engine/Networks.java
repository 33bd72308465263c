package dev.slipway.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The engine's networks. Thread-safe.
public final class Networks {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration LOOK_EACH = Duration.ofMillis(20);

  private final DockerApi docker;

  /// Works on the engine behind the API.
  public Networks(DockerApi docker) {
    this.docker = docker;
  }

  /// A network as the engine has it.
  ///
  /// @param subnets in CIDR notation
  public record Network(String id, String name, List<String> subnets) {
    /// Copies the list.
    public Network {
      subnets = List.copyOf(subnets);
    }
  }

  /// What an attachable overlay network is made from.
  ///
  /// @param subnet in CIDR notation, or empty for one of Swarm's pool
  /// @param addresses the part of the subnet that the engine gives addresses from, or empty for all
  /// @param mtu the largest packet in bytes
  public record Overlay(
      String name, String subnet, String addresses, int mtu, Map<String, String> labels) {}

  /// All networks that this engine knows.
  public List<Network> list() {
    var networks = new ArrayList<Network>();
    for (var found : docker.get("/networks")) {
      var subnets = new ArrayList<String>();
      found
          .path("IPAM")
          .path("Config")
          .forEach(config -> subnets.add(config.path("Subnet").asString("")));
      networks.add(
          new Network(found.path("Id").asString(), found.path("Name").asString(), subnets));
    }
    return networks;
  }

  /// The network of exactly that name, if there is one.
  public Optional<Network> find(String name) {
    return list().stream().filter(network -> network.name().equals(name)).findFirst();
  }

  /// The addresses of the hosts that have the overlay network, as their gossip has told this one.
  public List<String> peers(String name) {
    return docker
        .get("/networks/" + name)
        .path("Peers")
        .valueStream()
        .map(peer -> peer.path("IP").asString(""))
        .toList();
  }

  /// Makes an overlay network that plain containers can join too, and waits until Swarm, which does
  /// that after its answer, has given it its addresses.
  public void create(Overlay overlay) {
    var pool = new LinkedHashMap<String, String>();
    if (!overlay.subnet().isEmpty()) {
      pool.put("Subnet", overlay.subnet());
    }
    if (!overlay.addresses().isEmpty()) {
      pool.put("IPRange", overlay.addresses());
    }
    docker.post(
        "/networks/create",
        Map.of(
            "Name", overlay.name(),
            "Driver", "overlay",
            "Attachable", true,
            "CheckDuplicate", true,
            "Labels", overlay.labels(),
            "Options", Map.of("com.docker.network.driver.mtu", Integer.toString(overlay.mtu())),
            "IPAM",
                Map.of("Driver", "default", "Config", pool.isEmpty() ? List.of() : List.of(pool))));
    awaitAddresses(overlay.name());
  }

  private void awaitAddresses(String name) {
    var end = System.nanoTime() + PATIENCE.toNanos();
    while (find(name).map(Network::subnets).orElse(List.of()).isEmpty()) {
      if (System.nanoTime() > end) {
        throw new DockerException(500, "POST /networks/create", name + " was given no addresses");
      }
      try {
        Thread.sleep(LOOK_EACH);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while " + name + " was made", e);
      }
    }
  }

  /// Takes a running container into the network; nothing happens where it is in it.
  public void connect(String network, String container) {
    try {
      docker.post("/networks/" + network + "/connect", Map.of("Container", container));
    } catch (DockerException e) {
      if (!e.conflict() && !String.valueOf(e.getMessage()).contains("already exists")) {
        throw e;
      }
    }
  }

  /// Takes a container out of the network; nothing happens where it is not in it.
  public void disconnect(String network, String container) {
    try {
      docker.post(
          "/networks/" + network + "/disconnect", Map.of("Container", container, "Force", true));
    } catch (DockerException e) {
      if (!e.notFound() && !String.valueOf(e.getMessage()).contains("is not connected")) {
        throw e;
      }
    }
  }

  /// Removes the network; nothing happens where there is none.
  ///
  /// @return false where something still uses it
  public boolean remove(String name) {
    try {
      docker.delete("/networks/" + name);
      return true;
    } catch (DockerException e) {
      if (e.notFound()) {
        return true;
      }
      if (e.conflict() || e.status() == 403 || e.status() == 400 || e.status() == 500) {
        return false;
      }
      throw e;
    }
  }
}
