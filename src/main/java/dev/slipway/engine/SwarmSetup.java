package dev.slipway.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// Makes and ends this host's Swarm, and halts the dynos of a whole installation. Thread-safe.
public final class SwarmSetup {
  private final DockerApi docker;

  /// Works on the engine behind the API.
  public SwarmSetup(DockerApi docker) {
    this.docker = docker;
  }

  /// What this host is in a Swarm.
  public enum Membership {
    /// In none.
    NONE,
    /// A manager that answers.
    MANAGER,
    /// A worker of somebody's Swarm.
    WORKER,
    /// A manager without quorum, locked or in error.
    BROKEN
  }

  /// What the engine says of itself.
  ///
  /// @param version such as `20.10.24`
  /// @param cgroup version of the control groups, `1` or `2`
  /// @param dataDirectory where it keeps images and volumes
  public record EngineInfo(
      String version, String cgroup, String dataDirectory, Membership membership) {}

  /// A Swarm service that belongs to an app.
  ///
  /// @param replicas how many tasks it shall have
  public record AppService(String id, String name, int replicas) {}

  /// What the engine says of itself.
  public EngineInfo info() {
    var info = docker.get("/info");
    var swarm = info.path("Swarm");
    var membership =
        switch (swarm.path("LocalNodeState").asString("inactive")) {
          case "inactive" -> Membership.NONE;
          case "active" ->
              swarm.path("ControlAvailable").asBoolean() ? Membership.MANAGER : Membership.WORKER;
          default -> Membership.BROKEN;
        };
    return new EngineInfo(
        info.path("ServerVersion").asString(""),
        info.path("CgroupVersion").asString(""),
        info.path("DockerRootDir").asString(""),
        membership);
  }

  /// How the engine stands to its Swarm, whether or not that works.
  ///
  /// @param node its own id
  /// @param address that it tells the others
  /// @param error why it takes no part in it; empty where it does, or waits for others
  public record Standing(String node, String address, String error) {}

  /// The same now.
  public Standing standing() {
    var swarm = docker.get("/info").path("Swarm");
    return new Standing(
        swarm.path("NodeID").asString(""),
        swarm.path("NodeAddr").asString(""),
        swarm.path("LocalNodeState").asString("").equals("error")
            ? swarm.path("Error").asString("")
            : "");
  }

  /// Makes a Swarm of one.
  ///
  /// @param pool the addresses for its networks, in CIDR notation, cut into /24
  /// @param address the host's address that others would join by
  public void init(String pool, String address) {
    docker.post(
        "/swarm/init",
        Map.of(
            "ListenAddr",
            address + ":2377",
            "AdvertiseAddr",
            address,
            "DefaultAddrPool",
            List.of(pool),
            "SubnetSize",
            24));
  }

  /// Lets the managers keep at most so many changes beside a copy of the whole state. A manager
  /// that comes takes in all of them before it counts; by itself Swarm keeps 10,000.
  public void keepChanges(int most) {
    new SwarmSpec(docker, "/swarm")
        .change(spec -> {
          var raft = (ObjectNode) spec.path("Raft");
          if (raft.path("SnapshotInterval").asLong(Long.MAX_VALUE) > most) {
            raft.put("SnapshotInterval", most);
          }
        });
  }

  /// Leaves the Swarm, and with it gives up every service and overlay network.
  public void leave() {
    docker.post("/swarm/leave?force=true", null);
  }

  /// The services that carry the label: `key` for whatever value, or `key=value`.
  public List<AppService> labelled(String label) {
    var services = new ArrayList<AppService>();
    var query = "/services?" + DockerApi.filters(Map.of("label", List.of(label)));
    for (var found : docker.get(query)) {
      var spec = found.path("Spec");
      services.add(
          new AppService(
              found.path("ID").asString(),
              spec.path("Name").asString(),
              spec.path("Mode").path("Replicated").path("Replicas").asInt(0)));
    }
    return services;
  }

  /// Gives the service this many tasks and a label that remembers why.
  public void scale(AppService service, int replicas, Map<String, String> labels) {
    var found = docker.get("/services/" + service.id());
    var version = found.path("Version").path("Index").asLong();
    var spec = (ObjectNode) found.path("Spec");
    var allLabels = new HashMap<String, String>();
    spec.path("Labels")
        .properties()
        .forEach(label -> allLabels.put(label.getKey(), label.getValue().asString()));
    allLabels.putAll(labels);
    spec.set("Labels", DockerApi.JSON.valueToTree(new LinkedHashMap<>(allLabels)));
    spec.set(
        "Mode", DockerApi.JSON.valueToTree(Map.of("Replicated", Map.of("Replicas", replicas))));
    docker.post("/services/" + service.id() + "/update?version=" + version, spec);
  }

  /// Removes the service and its tasks.
  public void remove(AppService service) {
    docker.delete("/services/" + service.id());
  }

  /// Removes the configurations and secrets that carry the label.
  public void removeObjects(String label) {
    var query = "?" + DockerApi.filters(Map.of("label", List.of(label)));
    docker
        .get("/configs" + query)
        .forEach(it -> docker.delete("/configs/" + it.path("ID").asString()));
    docker
        .get("/secrets" + query)
        .forEach(it -> docker.delete("/secrets/" + it.path("ID").asString()));
  }
}
