package dev.slipway.engine;

import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Redaction;
import dev.slipway.core.Secret;
import dev.slipway.core.ServiceName;
import dev.slipway.core.UserError;
import dev.slipway.engine.SwarmNodes.Node;
import dev.slipway.image.ImageReference;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Runs each dyno as a Swarm service of one replica, so that it can be drained, stopped, kept or
/// replaced by itself.
public final class SwarmEngine implements Engine {
  private static final String OPEN = "node.labels." + SwarmNodes.OPEN + "==yes";

  private final DockerApi docker;
  private final HostEngines hosts;
  private final NodeEngines engines;
  private final SwarmNodes nodes;
  private final Holds holds;
  private final Placement placement = new Placement();
  private final String network;
  private final String registryAuth;
  private final UnaryOperator<SortedMap<String, Secret>> onOnlyHost;
  private final int diskPercent;

  /// What was reserved at the last look at all dynos, and what the one that goes on has found.
  private volatile Reservations lately = Reservations.UNKNOWN;

  private volatile Reservations coming = Reservations.UNKNOWN;

  /// Runs dynos on the Swarm that this engine is a manager of.
  ///
  /// @param hosts the way to the engines of the other nodes
  /// @param network the name of the dynos' network
  /// @param registryPassword what hosts show to the image server when they pull
  /// @param onOnlyHost the environment of a dyno that is started while there is no host but one
  /// @param diskPercent how much of a host's disk images may take
  public SwarmEngine(
      DockerApi docker,
      HostEngines hosts,
      String network,
      Secret registryPassword,
      UnaryOperator<SortedMap<String, Secret>> onOnlyHost,
      int diskPercent) {
    this.docker = docker;
    this.hosts = hosts;
    this.engines = new NodeEngines(docker, hosts);
    this.nodes = new SwarmNodes(docker);
    this.holds = new Holds(docker);
    this.network = network;
    this.registryAuth = registryAuth(registryPassword);
    this.onOnlyHost = onOnlyHost;
    this.diskPercent = diskPercent;
  }

  /// The same, with the same environment on any number of hosts, and a fifth of their disks.
  public SwarmEngine(DockerApi docker, HostEngines hosts, String network, Secret registryPassword) {
    this(docker, hosts, network, registryPassword, UnaryOperator.identity(), 20);
  }

  @Override
  public void start(DynoSpec dyno) {
    reserve(dyno); // before and after: a look can begin meanwhile, and twice is no harm
    startOnChosenHost(dyno);
    reserve(dyno);
  }

  private void startOnChosenHost(DynoSpec dyno) {
    var all = nodes.list();
    var constraints = constraints(dyno, all);
    var told = all.size() == 1 ? dyno.in(onOnlyHost.apply(dyno.environment())) : dyno;
    if (!told.equals(dyno)) {
      // That is true on this host alone, so it stays here when others come.
      constraints.add(Holds.constraint(all.getFirst().id()));
      create(told, true, constraints, Map.of());
      return;
    }
    var host = placement.choose(dyno, takers(dyno, all)).map(Node::id);
    host.map(Holds::constraint).ifPresent(constraints::add);
    try {
      create(dyno, true, constraints, host.isPresent() ? Holds.LABELS : Map.of());
    } catch (RuntimeException e) {
      placement.forget(dyno.service());
      throw e;
    }
  }

  private void reserve(DynoSpec dyno) {
    lately.addAnywhere(dyno.size().memoryBytes());
    coming.addAnywhere(dyno.size().memoryBytes());
  }

  @Override
  public boolean release(Predicate<ServiceName> settled) {
    return holds.release(settled);
  }

  /// It has a client that talks to it through this host's engine.
  @Override
  public void startOnce(DynoSpec dyno) {
    reserve(dyno);
    create(dyno, false, List.of(OPEN, Holds.constraint(engines.own())), Map.of());
    reserve(dyno);
  }

  private void create(
      DynoSpec dyno, boolean keepRunning, List<String> constraints, Map<String, String> labels) {
    var body = new ServiceBody(network).of(dyno, keepRunning, constraints, labels);
    try {
      docker.json("POST", "/services/create", body, Map.of("X-Registry-Auth", registryAuth));
    } catch (DockerException e) {
      if (e.temporary()) {
        throw new DockerException(e.status(), "a service", withoutSecrets(dyno, e));
      }
      if (!e.conflict()) {
        throw refused(dyno, e);
      }
    }
  }

  /// Where a new dyno may run. Hosts that are drained now are named one by one: Swarm ends what
  /// runs where it may not, at once, so that a label that comes and goes would end dynos in
  /// service.
  ///
  /// @throws UserError when no host is in the dyno's pool
  private static List<String> constraints(DynoSpec dyno, List<Node> all) {
    var constraints = new ArrayList<>(List.of(OPEN));
    all.stream().filter(Node::isDrained).forEach(node -> constraints.add("node.id!=" + node.id()));
    var pool = dyno.pool();
    if (pool != null) {
      constraints.add("node.labels." + SwarmNodes.POOL + "==" + pool);
      requireHost(dyno, pool, all);
    }
    return constraints;
  }

  private static List<Node> takers(DynoSpec dyno, List<Node> all) {
    var pool = dyno.pool();
    return all.stream()
        .filter(Node::takesDynos)
        .filter(node -> pool == null || node.isIn(pool))
        .toList();
  }

  private static void requireHost(DynoSpec dyno, String pool, List<Node> nodes) {
    if (nodes.stream().noneMatch(node -> node.isOpen() && !node.isDrained() && node.isIn(pool))) {
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              "Dyno " + dyno.dyno() + " could not be started",
              "no host that takes dynos is in the pool " + pool,
              "./slipway hosts shows the pools; config var SLIPWAY_POOLS names them"));
    }
  }

  @Override
  public void stop(ServiceName service) {
    try {
      docker.delete("/services/" + service);
    } catch (DockerException e) {
      if (!e.notFound()) {
        throw e;
      }
    }
  }

  @Override
  public void pause(ServiceName service) {
    replicas(service, 0);
  }

  @Override
  public void resume(ServiceName service) {
    replicas(service, 1);
  }

  /// Swarm goes on with a task of a service of which only the number of tasks changes.
  private void replicas(ServiceName service, int count) {
    new SwarmSpec(docker, "/services/" + service)
        .changeUnlessGone(
            spec -> ((ObjectNode) spec.path("Mode").path("Replicated")).put("Replicas", count));
  }

  @Override
  public ExitWatch watchExit(DynoState dyno) {
    return engines
        .of(dyno.node())
        .map(host -> ContainerExit.watch(host, dyno.container()))
        .orElse(ContainerExit.UNKNOWN);
  }

  /// A container of this host is seen here as long as there is anything of it; of another host's
  /// there is a task until that host has said that it ended. A host that is down says nothing more,
  /// so nobody waits for it.
  @Override
  public boolean isGone(ServiceName service) {
    var filter = DockerApi.filters(Map.of("label", List.of(ServiceBody.SERVICE + "=" + service)));
    if (!docker.get("/containers/json?all=true&" + filter).isEmpty()) {
      return false;
    }
    var tasks = docker.get("/tasks?" + filter);
    return tasks.isEmpty() || tasks.valueStream().noneMatch(this::isOnLivingNode);
  }

  private boolean isOnLivingNode(JsonNode task) {
    return nodes.find(task.path("NodeID").asString("")).map(Node::ready).orElse(false);
  }

  @Override
  public List<DynoState> dynos() {
    var reserving = new Reservations();
    coming = reserving;
    var reading = new TaskReading(network);
    Task.each(
        docker,
        Map.of(),
        task -> {
          if (task.isMeantToRun()) {
            reserving.add(task.node(), task.reserved());
          }
          if (task.labels().containsKey(ServiceBody.APP)) {
            reading.add(task);
          }
        });
    lately = reserving;
    var states = reading.states();
    placement.saw(states);
    return states;
  }

  @Override
  public List<DynoState> dynos(AppId app) {
    return states(Map.of("label", List.of(ServiceBody.APP + "=" + app)));
  }

  private List<DynoState> states(Map<String, ?> filter) {
    var reading = new TaskReading(network);
    Task.each(docker, filter, reading::add);
    return reading.states();
  }

  @Override
  public LogFollower follow(ServiceName service, Instant since, LogSink sink) {
    return ServiceLog.follow(docker, service, since, sink);
  }

  @Override
  public List<String> lastLines(ServiceName service, int count) {
    return ServiceLog.last(docker, service, count);
  }

  @Override
  public FreeMemory freeMemory() {
    var reserved = new Reservations();
    Task.each(
        docker,
        Map.of("desired-state", List.of("running")),
        task -> reserved.add(task.node(), task.reserved()));
    return free(reserved, nodes.own());
  }

  @Override
  public FreeMemory freeAtLeast() {
    var known = lately;
    return known == Reservations.UNKNOWN ? freeMemory() : free(known, "");
  }

  private FreeMemory free(Reservations reserved, String own) {
    return new FreeMemory(
        nodes.list().stream()
            .filter(node -> node.ready() && node.isOpen())
            .map(node ->
                new HostMemory(
                    !node.isDrained(),
                    node.id().equals(own),
                    node.labels().get(SwarmNodes.POOL),
                    node.memoryBytes() - reserved.on(node.id())))
            .toList());
  }

  @Override
  public Set<ImageReference> images() {
    return hostImages().images();
  }

  @Override
  public void removeImage(ImageReference image) {
    hostImages().remove(image);
  }

  @Override
  public List<Unpulled> pull(ImageReference image, @Nullable String pool, Duration limit) {
    var takers =
        nodes.list().stream()
            .filter(node -> node.ready() && node.isOpen() && !node.isDrained())
            .filter(node -> pool == null || node.isIn(pool))
            .toList();
    return hostImages().pull(image, takers, limit);
  }

  @Override
  public List<Crowded> crowded() {
    return budget().crowded();
  }

  @Override
  public Optional<String> crowdedHere() {
    return budget().here();
  }

  private DiskBudget budget() {
    return new DiskBudget(nodes, engines, hosts, diskPercent);
  }

  private HostImages hostImages() {
    return new HostImages(nodes, engines, registryAuth);
  }

  @Override
  public InsideProcess runInside(DynoState dyno, InsideCommand command) {
    var engine =
        engines
            .of(dyno.node())
            .orElseThrow(() -> DockerExec.notThere(dyno, "its host is out of reach now"));
    return DockerExec.start(engine, dyno, command);
  }

  @Override
  public Optional<List<String>> listeners(DynoState dyno, int port) {
    var container = dyno.container();
    if (container == null) {
      return Optional.empty();
    }
    return engines.of(dyno.node()).flatMap(engine -> listeners(engine, container, port));
  }

  private static Optional<List<String>> listeners(DockerApi engine, String container, int port) {
    var lines = new ArrayList<String>();
    try {
      new Containers(engine)
          .execute(
              container,
              List.of("/bin/cat", "/proc/net/tcp", "/proc/net/tcp6"),
              InputStream.nullInputStream(),
              lines::add);
    } catch (RuntimeException gone) {
      return Optional.empty();
    }
    return Optional.of(SocketTable.listeners(lines, port));
  }

  private static String withoutSecrets(DynoSpec dyno, DockerException e) {
    return Redaction.of(dyno.environment().values()).apply(String.valueOf(e.getMessage()));
  }

  /// The engine's own words can repeat the environment, so they are not passed on whole.
  private static UserError refused(DynoSpec dyno, DockerException e) {
    var words = withoutSecrets(dyno, e);
    return new UserError(
        new Problem(
            ErrorCode.UNAVAILABLE,
            "Dyno " + dyno.dyno() + " could not be started",
            words,
            "./slipway doctor shows what the machine lacks"),
        new DockerException(e.status(), "a service", words));
  }

  static String registryAuth(Secret password) {
    var json =
        DockerApi.JSON.writeValueAsString(
            Map.of(
                "username",
                "slipway",
                "password",
                password.reveal(),
                "serveraddress",
                ImageReference.ENDPOINT));
    return Base64.getUrlEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
