package dev.slipway.engine;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.Secret;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The nodes of the Swarm, asked on a manager: who is in it, and what may run where. Thread-safe.
public final class SwarmNodes {
  /// By which managers are reached.
  private static final int MANAGEMENT_PORT = 2377;

  private final DockerApi docker;

  /// Works on the engine behind the API.
  public SwarmNodes(DockerApi docker) {
    this.docker = docker;
  }

  /// The label of a node that dynos may run on, `yes`: a machine that joins gets it when its router
  /// serves. Swarm's own availability will not do: without it, a node takes no container of ours
  /// into an overlay network either.
  public static final String OPEN = "slipway.open";

  /// The label of a node that says what the machine is for.
  public static final String POOL = "slipway.pool";

  /// The label of a node that is being emptied, or is empty, `yes`: no new dyno comes to it.
  public static final String DRAINED = "slipway.drained";

  /// A machine of the Swarm.
  ///
  /// @param hostName as its kernel calls it
  /// @param address by which the others reach it
  /// @param ready whether it has been heard of within the last seconds
  /// @param manager whether it is one
  /// @param leader whether it leads the managers
  /// @param labels that were given to it here
  /// @param memoryBytes how much memory it has
  /// @param cpus how many processors it has
  /// @param engine the version of its engine
  public record Node(
      String id,
      String hostName,
      String address,
      boolean ready,
      boolean manager,
      boolean leader,
      Map<String, String> labels,
      long memoryBytes,
      int cpus,
      String engine) {
    /// Copies the labels.
    public Node {
      labels = Map.copyOf(labels);
    }

    /// Whether dynos may run on it at all.
    public boolean isOpen() {
      return "yes".equals(labels.get(OPEN));
    }

    /// Whether a new dyno may come to it now.
    public boolean takesDynos() {
      return ready && isOpen() && !isDrained();
    }

    /// Whether commands mean it by that name, address or id.
    public boolean isCalled(String name) {
      return hostName.equals(name) || address.equals(name) || id.equals(name);
    }

    /// Whether it is in the pool.
    public boolean isIn(String pool) {
      return pool.equals(labels.get(POOL));
    }

    /// What it is for; null for anything.
    public @Nullable String pool() {
      return labels.get(POOL);
    }

    /// What it does, as people see it: `ready`, `down`, `joining`, `draining` or `drained`.
    ///
    /// @param dynos how many it has
    public String state(int dynos) {
      if (!ready) {
        return "down";
      }
      if (!isOpen()) {
        return "joining";
      }
      return isDrained() ? dynos > 0 ? "draining" : "drained" : "ready";
    }

    /// Whether no new dyno comes to it.
    public boolean isDrained() {
      return "yes".equals(labels.get(DRAINED));
    }
  }

  /// What a machine needs to become a worker.
  ///
  /// @param managers addresses with their port
  public record Invitation(Secret token, List<String> managers) {
    /// Copies the list.
    public Invitation {
      managers = List.copyOf(managers);
    }
  }

  /// All of them.
  public List<Node> list() {
    var nodes = new ArrayList<Node>();
    docker.get("/nodes").forEach(found -> nodes.add(node(found)));
    return nodes;
  }

  /// The node of that id, if it is one.
  public Optional<Node> find(String id) {
    return list().stream().filter(node -> node.id().equals(id)).findFirst();
  }

  /// This engine's own node id; empty where it is in no Swarm.
  public String own() {
    return docker.get("/info").path("Swarm").path("NodeID").asString("");
  }

  /// The Swarm's own id, the same as long as it is; empty where the engine is in none.
  public String cluster() {
    return docker.get("/info").path("Swarm").path("Cluster").path("ID").asString("");
  }

  /// What a machine needs to become a worker of this Swarm, by this manager: others let the machine
  /// in only once the Swarm names it.
  public Invitation invitation() {
    var address = new SwarmSetup(docker).standing().address();
    var token = docker.get("/swarm").path("JoinTokens").path("Worker").asString();
    return new Invitation(new Secret(token), List.of(address + ":" + MANAGEMENT_PORT));
  }

  /// The addresses of the managers by node, as this engine has them from the Swarm, without their
  /// ports.
  public Map<String, String> managers() {
    var managers = new HashMap<String, String>();
    for (var manager : docker.get("/info").path("Swarm").path("RemoteManagers")) {
      var address = manager.path("Addr").asString("");
      managers.put(
          manager.path("NodeID").asString(""),
          address.substring(0, Math.max(0, address.lastIndexOf(':'))));
    }
    return managers;
  }

  /// Makes the engine a worker of the Swarm that invites it. No dyno comes to it until it is open.
  ///
  /// @param address by which the others reach it
  public void join(Invitation invitation, String address) {
    docker.post(
        "/swarm/join",
        Map.of(
            "ListenAddr",
            address + ":" + MANAGEMENT_PORT,
            "AdvertiseAddr",
            address,
            "RemoteAddrs",
            invitation.managers(),
            "JoinToken",
            invitation.token().reveal()));
  }

  /// Gives the node labels; those that it has already stay, unless they are among these.
  public void label(String id, Map<String, String> labels) {
    change(
        id,
        spec -> {
          var all = new LinkedHashMap<>(labelsOf(spec));
          all.putAll(labels);
          spec.set("Labels", DockerApi.JSON.valueToTree(all));
        });
  }

  /// Lets the node be a manager, or no more than a worker.
  public void setManager(String id, boolean manager) {
    change(id, spec -> spec.put("Role", manager ? "manager" : "worker"));
  }

  /// Forgets a node that has left or is gone for good.
  public void remove(String id) {
    docker.delete("/nodes/" + id + "?force=true");
  }

  /// A dyno that runs on a node, or is to.
  public record Placed(String node, AppId app, DynoName dyno) {}

  /// Where the dynos are that shall run: those that start or start again, too. What runs once is
  /// not among them.
  public List<Placed> dynos() {
    var placed = new ArrayList<Placed>();
    var running = Map.of("label", List.of(ServiceBody.APP), "desired-state", List.of("running"));
    for (var task : docker.get("/tasks?" + DockerApi.filters(running))) {
      var labels = task.path("Spec").path("ContainerSpec").path("Labels");
      if (!labels.has(ServiceBody.ONCE)) {
        placed.add(
            new Placed(
                task.path("NodeID").asString(""),
                AppId.of(labels.path(ServiceBody.APP).asString()),
                DynoName.of(labels.path(ServiceBody.DYNO).asString())));
      }
    }
    return placed;
  }

  /// The apps that have such dynos on a node.
  public Set<AppId> appsOn(String node) {
    return dynos().stream()
        .filter(dyno -> dyno.node().equals(node))
        .map(Placed::app)
        .collect(Collectors.toUnmodifiableSet());
  }

  /// How many such dynos each node has.
  public Map<String, Integer> dynosByNode() {
    return dynos().stream()
        .collect(Collectors.groupingBy(Placed::node, Collectors.summingInt(_ -> 1)));
  }

  /// Lets the dynos that were started while the node was drained come to it when they start again.
  /// Where they run now they run on.
  ///
  /// @return how many dynos that were
  public int readmit(String id) {
    var without = "node.id!=" + id;
    var changed = 0;
    var query = DockerApi.filters(Map.of("label", List.of(ServiceBody.APP)));
    for (var service : docker.get("/services?" + query)) {
      if (SwarmSpec.isConstrained(service.path("Spec"), without::equals)) {
        new SwarmSpec(docker, "/services/" + service.path("ID").asString())
            .changeUnlessGone(spec -> SwarmSpec.loosen(spec, without::equals));
        changed++;
      }
    }
    return changed;
  }

  private void change(String id, Consumer<ObjectNode> change) {
    new SwarmSpec(docker, "/nodes/" + id).change(change);
  }

  private static Node node(JsonNode found) {
    var spec = found.path("Spec");
    var description = found.path("Description");
    var resources = description.path("Resources");
    return new Node(
        found.path("ID").asString(),
        description.path("Hostname").asString(""),
        found.path("Status").path("Addr").asString(""),
        found.path("Status").path("State").asString("").equals("ready"),
        spec.path("Role").asString("").equals("manager"),
        found.path("ManagerStatus").path("Leader").asBoolean(false),
        labelsOf(spec),
        resources.path("MemoryBytes").asLong(0),
        (int) (resources.path("NanoCPUs").asLong(0) / 1_000_000_000),
        description.path("Engine").path("EngineVersion").asString(""));
  }

  private static Map<String, String> labelsOf(JsonNode spec) {
    var labels = new HashMap<String, String>();
    spec.path("Labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asString()));
    return labels;
  }
}
