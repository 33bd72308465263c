package dev.slipway.hosted;

import dev.slipway.engine.ContainerSpec;
import dev.slipway.engine.ContainerSpec.Attachment;
import dev.slipway.engine.ContainerSpec.Limits;
import dev.slipway.engine.ContainerSpec.Mount;
import dev.slipway.engine.ContainerSpec.Privileges;
import dev.slipway.engine.ContainerState;
import dev.slipway.engine.Containers;
import dev.slipway.engine.DockerApi;
import dev.slipway.engine.Images;
import dev.slipway.engine.Networks;
import dev.slipway.engine.NodeEngines;
import dev.slipway.engine.SwarmNodes;
import dev.slipway.engine.SwarmNodes.Node;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Plain containers, made by the engine of the host that has their data: they could not go
/// elsewhere, and a plain container is back a second after its process was killed, under the same
/// address. Thread-safe.
public final class HostContainers {
  /// One megabyte, in bytes.
  public static final long MEGABYTE = 1 << 20;

  /// To make files of its user's, and to become that user.
  public static final Privileges FEW =
      new Privileges(
          List.of("CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID"),
          List.of("ALL"),
          List.of(),
          false);

  private static final String MADE_FROM = "slipway.spec";
  private static final int STOP_SECONDS = 60;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /// What a container belongs to.
  ///
  /// @param label the name of the label that says so
  /// @param id its value
  public record Owner(String label, UUID id) {
    /// The container's labels.
    public Map<String, String> labels() {
      return Map.of(label, id.toString());
    }
  }

  private final DockerApi own;
  private final NodeEngines engines;
  private final SwarmNodes nodes;
  private final String network;

  /// Runs them on the hosts of this Swarm.
  ///
  /// @param own this host's engine, a manager
  /// @param network the name of the dynos' network
  public HostContainers(DockerApi own, NodeEngines engines, String network) {
    this.own = own;
    this.engines = engines;
    this.nodes = new SwarmNodes(own);
    this.network = network;
  }

  /// The host for something new: the one that is called so, or where none is named the one with the
  /// least reserved.
  ///
  /// @param reserved by node, how much is promised there already
  /// @return its node's id, or nothing where no such host can take it now
  public Optional<String> choose(@Nullable String host, Map<String, Long> reserved) {
    return choose(host, "", reserved);
  }

  /// The same, for what must be on another node than that.
  public Optional<String> choose(@Nullable String host, String not, Map<String, Long> reserved) {
    return nodes.list().stream()
        .filter(node -> !node.id().equals(not))
        .filter(Node::takesDynos)
        .filter(node -> host == null || node.isCalled(host))
        .filter(node -> engines.of(node.id()).isPresent())
        .min(
            Comparator.comparingLong((Node node) -> reserved.getOrDefault(node.id(), 0L))
                .thenComparing(Node::memoryBytes, Comparator.reverseOrder()))
        .map(Node::id);
  }

  /// The host's name as people see it.
  public String hostName(String node) {
    return nodes.find(node).map(Node::hostName).orElse(node);
  }

  /// The node of that id.
  public Node node(String node) {
    return nodes.find(node).orElseThrow();
  }

  /// The engine of that node.
  ///
  /// @throws IllegalStateException when there is no way to it now
  public DockerApi engine(String node) {
    return engines.of(node).orElseThrow(() -> new IllegalStateException(whyAbsent(node)));
  }

  /// Why there is no way to the host now; nothing where there is one.
  public Optional<String> absence(String node) {
    return engines.of(node).isPresent() ? Optional.empty() : Optional.of(whyAbsent(node));
  }

  private String whyAbsent(String node) {
    return nodes
        .find(node)
        .map(
            found -> "host " + found.hostName() + (found.ready() ? " is out of reach" : " is down"))
        .orElse("its host was removed from the fleet");
  }

  /// Whether the fleet has forgotten the host, and whatever ran there.
  public boolean isForgotten(String node) {
    return nodes.find(node).isEmpty();
  }

  /// Whether the host can be reached and all of these containers run there.
  public boolean runs(String node, List<String> names) {
    return engines
        .of(node)
        .map(Containers::new)
        .filter(host ->
            names.stream()
                .allMatch(name -> host.find(name).map(ContainerState::running).orElse(false)))
        .isPresent();
  }

  /// The addresses of the dynos' network.
  public Addresses addresses() {
    return Addresses.in(new Networks(own).find(network).orElseThrow().subnets().getFirst());
  }

  /// The dynos' network, where the container has that address.
  public Attachment at(String address) {
    return new Attachment(network, address);
  }

  /// Leaves a container alone that was made from this spec; one that was made from another makes
  /// room, as after a change of plan.
  public void run(DockerApi engine, ContainerSpec spec) {
    var containers = new Containers(engine);
    var wanted = spec.withLabel(MADE_FROM, Integer.toHexString(spec.toString().hashCode()));
    var labels = containers.labels(spec.name());
    if (!labels.isEmpty() && !labels.entrySet().containsAll(wanted.labels().entrySet())) {
      stop(containers, spec.name());
      labels = Map.of();
    }
    if (labels.isEmpty()) {
      bringImage(engine, spec.image());
      containers.create(wanted);
    }
    containers.start(spec.name());
  }

  /// Whether the container was made of the image that this host has by that name now.
  public boolean isCurrent(DockerApi engine, String name, String image) {
    return new Containers(engine)
        .find(name)
        .map(found -> found.image().equals(ownImage(image)))
        .orElse(false);
  }

  private String ownImage(String image) {
    return new Images(own).find(image).orElseThrow(() -> absent(image)).id();
  }

  /// Brings the image that this host has now, where the other one has none or another.
  public void renewImage(DockerApi engine, String image) {
    var there = new Images(engine).find(image);
    if (there.isEmpty() || !there.get().id().equals(ownImage(image))) {
      load(engine, image);
    }
  }

  /// A host that joined has no images of data services until it has one.
  public void bringImage(DockerApi engine, String image) {
    if (new Images(engine).find(image).isEmpty()) {
      load(engine, image);
    }
  }

  private void load(DockerApi engine, String image) {
    var here = new Images(own);
    if (engine == own || here.find(image).isEmpty()) {
      throw absent(image);
    }
    try (var archive = here.save(image)) {
      new Images(engine).load(archive);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static IllegalStateException absent(String image) {
    return new IllegalStateException("image " + image + " is not there; ./slipway up builds it");
  }

  /// Runs a command on a host in a container of its own, which sees these directories, and gives
  /// what it wrote.
  ///
  /// @param image one whose argument `wait` has it do nothing
  /// @throws IllegalStateException with what it wrote, when it fails
  public String runOnce(
      DockerApi engine, String image, Owner owner, List<Mount> directories, String... command) {
    var containers = new Containers(engine);
    var name = "slipway-once-" + owner.id();
    bringImage(engine, image);
    containers.remove(name);
    containers.create(
        new ContainerSpec(
            name,
            image,
            List.of("wait"),
            Map.of(),
            owner.labels(),
            directories,
            List.of(),
            Map.of(),
            List.of(),
            List.of(),
            null,
            new Limits(64 * MEGABYTE, 0, 16),
            FEW));
    containers.start(name);
    try {
      return execute(engine, name, "", command);
    } finally {
      containers.remove(name);
    }
  }

  /// A server that is stopped has written all that it knows.
  public static void stop(Containers containers, String name) {
    if (containers.find(name).map(ContainerState::running).orElse(false)) {
      containers.stop(name, STOP_SECONDS);
    }
    containers.remove(name);
  }

  /// Tries until it succeeds, for a minute and a half.
  public static void await(String problem, Runnable attempt) {
    var end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        attempt.run();
        return;
      } catch (RuntimeException notYet) {
        if (System.nanoTime() > end) {
          throw new IllegalStateException(problem + ": " + notYet.getMessage(), notYet);
        }
      }
      sleep();
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Runs a command inside, and gives what it wrote.
  ///
  /// @throws IllegalStateException with what it wrote, when it fails
  public static String execute(
      DockerApi engine, String container, String input, String... command) {
    var lines = new ArrayList<String>();
    var bytes = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    var status = new Containers(engine).execute(container, List.of(command), bytes, lines::add);
    var said = String.join("\n", lines);
    if (status != 0) {
      throw new IllegalStateException(said.isBlank() ? command[0] + " ended with " + status : said);
    }
    return said;
  }
}
