package dev.slipway.install;

import static java.util.Objects.requireNonNull;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.SwarmNodes;
import dev.slipway.engine.SwarmNodes.Node;
import dev.slipway.provider.Providers;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The machines of this fleet: the Swarm's nodes. What Slipway must know of each beyond that stands
/// in its node's labels, which Swarm keeps on every manager.
public final class Hosts {
  /// How the host is reached by SSH.
  static final String SSH = "slipway.ssh";

  /// Its router's place among the addresses of the dynos' network.
  static final String PLACE = "slipway.place";

  /// For the login's shell there.
  private static final String AS_ROOT = "$([ $(id -u) = 0 ] || echo sudo -n --)";

  private static final Pattern POOL = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

  private final Installation installation;

  Hosts(Installation installation) {
    this.installation = installation;
  }

  /// A machine of the fleet, as it is shown.
  ///
  /// @param name by which commands take it
  /// @param address by which the other hosts reach it
  /// @param state `ready`, `down`, `joining`, `draining` or `drained`
  /// @param role `manager` or `worker`
  /// @param ssh how it is reached by SSH; null for this machine
  /// @param pool what it is for; null for anything
  /// @param provider whose machine it is; null for one that was added
  /// @param machine the provider's id of it
  /// @param dynos how many run there, or are to
  /// @param engine the version of its engine
  /// @param figures null where its agent, or control, is silent
  public record Host(
      String name,
      String address,
      String state,
      String role,
      @Nullable String ssh,
      @Nullable String pool,
      @Nullable String provider,
      @Nullable String machine,
      int dynos,
      int cpus,
      long memoryBytes,
      String engine,
      @Nullable Figures figures) {}

  /// How busy and full a host is, as its agent told it last.
  ///
  /// @param cpu the part of its processors' time that is used, 0 to 1
  /// @param load programs that want to run, on average over a minute
  public record Figures(
      double cpu, long memoryUsed, long memoryTotal, long diskUsed, long diskTotal, double load) {
    private static Figures of(JsonNode told) {
      return new Figures(
          told.path("cpu").asDouble(),
          told.path("memory_used").asLong(),
          told.path("memory_total").asLong(),
          told.path("disk_used").asLong(),
          told.path("disk_total").asLong(),
          told.path("load").asDouble());
    }
  }

  /// All of them, this machine first.
  public List<Host> list() {
    var nodes = nodes();
    var figures = figures();
    var own = nodes.own();
    var dynos = nodes.dynosByNode();
    return nodes.list().stream()
        .sorted(
            Comparator.comparing((Node node) -> !node.id().equals(own))
                .thenComparing(Node::hostName))
        .map(node -> host(node, dynos.getOrDefault(node.id(), 0), figures.get(node.id())))
        .toList();
  }

  /// By node; none while control is away.
  private Map<String, Figures> figures() {
    var all = new HashMap<String, Figures>();
    try {
      for (var host : platform().hosts()) {
        if (host.path("figures").isObject()) {
          all.put(host.path("id").asString(), Figures.of(host.path("figures")));
        }
      }
    } catch (UncheckedIOException | UserError controlIsAway) {
      return Map.of();
    }
    return all;
  }

  /// All that is known of a host, as the API tells it, and what its dynos use.
  ///
  /// @throws UserError where control does not answer
  public JsonNode info(String name) {
    var node = find(name);
    try {
      return platform().host(node.id());
    } catch (UncheckedIOException e) {
      throw problem(
          ErrorCode.UNAVAILABLE,
          "Control does not answer",
          "it knows what agents tell",
          "./slipway status shows what is up");
    }
  }

  private PlatformClient platform() {
    return new PlatformClient(
        installation.environment().api(), installation.environment().apiKey());
  }

  /// Takes a machine in, which then serves every app and gets dynos.
  ///
  /// @param url `ssh://user@address:port`
  /// @param pool what it is for, or null for anything
  /// @param labels for its node, beyond those of Slipway's own
  /// @param takesNewKey whether an SSH key that was not seen before is taken without a question
  public void add(
      String url,
      @Nullable String pool,
      Map<String, String> labels,
      boolean takesNewKey,
      Progress progress) {
    var host = RemoteHost.of(url);
    requireUsable(pool, labels);
    var all = new HashMap<>(labels);
    if (pool != null) {
      all.put(SwarmNodes.POOL, pool);
    }
    try (var _ = MachineLock.take();
        var connection = HostConnection.open(List.of("ssh"), host, directory(), takesNewKey)) {
      var steps = new HostJoin(installation, connection, all).steps();
      Steps.run(steps, progress, "./slipway hosts add " + url);
      readdressOwn(progress);
    }
  }

  /// Makes hosts of machines that a provider rents out, as far as they are not there yet.
  ///
  /// @param consent is asked before anything is made
  /// @return what was to be made, and whether it was
  public HostPlan create(
      HostOrder order, Consumer<HostPlan> shown, Consent consent, Progress progress) {
    requireUsable(order.pool(), order.labels());
    try (var _ = MachineLock.take();
        var provider = Providers.open(order.provider(), order.region(), nodes().cluster())) {
      var creation = new HostCreation(installation, provider, order, directory());
      var plan = creation.plan();
      shown.accept(plan);
      requireYes(plan.missing() == 0 || consent.to("Make them?"), "Nothing was made");
      creation.run(progress);
      readdressOwn(progress);
      return plan;
    }
  }

  /// What `create` would make. Changes nothing.
  public HostPlan plan(HostOrder order) {
    requireUsable(order.pool(), order.labels());
    try (var provider = Providers.open(order.provider(), order.region(), nodes().cluster())) {
      return new HostCreation(installation, provider, order, directory()).plan();
    }
  }

  /// Empties hosts that `create` made, removes them, and ends their machines for good.
  ///
  /// @param region where a machine is of which nothing is known here, or null
  public void destroy(
      List<String> names, @Nullable String region, Consent consent, Progress progress) {
    var destruction = new HostDestruction(this, nodes(), directory(), region);
    destruction.require(names);
    requireYes(
        consent.to("Empty and end for good: " + String.join(", ", names) + "?"),
        "Nothing was ended");
    destruction.run(progress);
  }

  private static void requireYes(boolean agreed, String what) {
    if (!agreed) {
      throw problem(
          ErrorCode.INVALID_PARAMS, what, "you did not say yes", "--yes says it beforehand.");
    }
  }

  /// Which key opens a host, and which one it must show; both instead of what the SSH client has.
  void identify(RemoteHost host, Path key, String publicKey) {
    HostConnection.identify(host, key, directory());
    HostConnection.pin(host, List.of(publicKey), directory());
  }

  private static void requireUsable(@Nullable String pool, Map<String, String> labels) {
    if (pool != null && !POOL.matcher(pool).matches()) {
      throw problem(
          ErrorCode.INVALID_PARAMS,
          "'" + pool + "' can't be a pool",
          "it has small letters, digits and dashes",
          "such as web");
    }
    if (labels.keySet().stream().anyMatch(name -> name.startsWith("slipway."))) {
      throw problem(
          ErrorCode.INVALID_PARAMS,
          "Labels that begin with slipway. are Slipway's own",
          null,
          "choose another name");
    }
  }

  /// Opens a shell on the host, or runs a command there, in this terminal.
  ///
  /// @param command what to run; empty for a shell
  /// @return its exit status
  public int ssh(String name, List<String> command) {
    var url = find(name).labels().get(SSH);
    if (url == null) {
      throw problem(
          ErrorCode.CONFLICT, name + " is this machine", null, "You have a shell there already.");
    }
    return HostConnection.shell(List.of("ssh"), RemoteHost.of(url), directory(), command);
  }

  /// The command that runs this one on a host as root, and itself where that is this machine.
  ///
  /// @param words none of which means anything to a shell
  /// @param terminal whether it wants one
  public List<String> command(String name, List<String> words, boolean terminal) {
    var url = find(name).labels().get(SSH);
    if (url == null) {
      return words;
    }
    var there = new ArrayList<>(List.of(AS_ROOT));
    there.addAll(words);
    return HostConnection.program(List.of("ssh"), RemoteHost.of(url), directory(), terminal, there);
  }

  /// Moves its dynos to other hosts, by a rollout of each app that has some there, and gives it
  /// none until `undrain`. Returns when none is left.
  public void drain(String name, Consumer<String> progress) {
    var draining = new HostDraining(nodes(), platform(), name, find(name));
    // Two at once must not close the last two hosts.
    try (var _ = MachineLock.take()) {
      draining.close();
    }
    draining.empty(progress);
  }

  /// Lets dynos come again, those too that were started elsewhere meanwhile.
  public void undrain(String name) {
    var node = find(name).id();
    nodes().label(node, Map.of(SwarmNodes.DRAINED, "no"));
    nodes().readmit(node);
  }

  /// Ends what Slipway runs there and forgets the machine; it must have no dynos.
  ///
  /// @param evenDead forgets a machine that is gone for good, and whatever ran on it
  public void remove(String name, boolean evenDead, Progress progress) {
    try (var _ = MachineLock.take()) {
      var removal = new HostRemoval(nodes(), directory(), name, find(name));
      removal.require(evenDead);
      Steps.run(removal.steps(), progress, "./slipway hosts remove " + name);
    }
  }

  /// Makes the host a manager, whose control takes over when the one that runs is gone.
  public void promote(String name, Progress progress) {
    try (var _ = MachineLock.take()) {
      var node = find(name);
      var url = node.labels().get(SSH);
      if (url == null) {
        throw problem(
            ErrorCode.CONFLICT, name + " is this machine", null, "It is a manager already.");
      }
      try (var host = HostConnection.open(List.of("ssh"), RemoteHost.of(url), directory(), false)) {
        var steps = new Promotion(installation, node).promote(host);
        Steps.run(steps, progress, "./slipway hosts promote " + name);
      }
    }
  }

  /// Makes the host a worker again.
  public void demote(String name, Progress progress) {
    try (var _ = MachineLock.take()) {
      var node = find(name);
      if (!node.labels().containsKey(SSH)) {
        throw problem(ErrorCode.CONFLICT, name + " is this machine", null, "It stays a manager.");
      }
      var steps = new Promotion(installation, node).demote(node.labels().get(SSH), directory());
      Steps.run(steps, progress, "./slipway hosts demote " + name);
    }
  }

  /// Makes the fleet know a host by another address, which it has already.
  ///
  /// @param name the host, or null for this machine
  /// @param shown is told what will be done, before it is agreed to
  public void readdress(
      @Nullable String name,
      String address,
      Consumer<List<String>> shown,
      Consent consent,
      Progress progress) {
    requireAddress(address);
    try (var _ = MachineLock.take();
        var moved = moved(name, address);
        var readdressing = new Readdressing(installation, moved, address)) {
      shown.accept(readdressing.plan());
      requireYes(consent.to("Go on?"), "Nothing was changed");
      var again = "./slipway hosts readdress " + (name == null ? "" : name + " ") + address;
      Steps.run(readdressing.steps(), progress, again);
    }
  }

  /// A manager that was alone when its address changed had nobody who could make the Swarm know.
  private void readdressOwn(Progress progress) {
    var address = installation.swarm().standing().address();
    try (var readdressing = new Readdressing(installation, Machine.own(installation), address)) {
      if (readdressing.isDue()) {
        Steps.run(readdressing.steps(), progress, "./slipway hosts readdress " + address);
      }
    }
  }

  /// What `readdress` would do. Changes nothing.
  public List<String> planReaddress(@Nullable String name, String address) {
    requireAddress(address);
    if (name == null || isOwn(name)) {
      try (var readdressing = new Readdressing(installation, Machine.own(installation), address)) {
        return readdressing.plan();
      }
    }
    var node = find(name);
    return node.address().equals(address)
        ? Readdressing.nothing(node.hostName(), address)
        : Readdressing.plan(node.hostName(), node.address(), address);
  }

  private boolean isOwn(String name) {
    return name.equals(Up.hostName()) || !find(name).labels().containsKey(SSH);
  }

  private static void requireAddress(String address) {
    if (!ADDRESS.matcher(address).matches()) {
      throw problem(
          ErrorCode.INVALID_PARAMS,
          "'" + address + "' is no address of a host",
          "the engines of hosts know each other by IPv4 addresses",
          "such as 10.0.0.12");
    }
  }

  /// By its new address, unless its name stands in how it was added.
  private Machine moved(@Nullable String name, String address) {
    if (name == null || isOwn(name)) {
      return Machine.own(installation);
    }
    var node = find(name);
    var before = RemoteHost.of(requireNonNull(node.labels().get(SSH)));
    var now =
        ADDRESS.matcher(before.name()).matches()
            ? new RemoteHost(before.user(), address, before.port())
            : before;
    HostConnection.move(before, now, directory());
    try {
      return Machine.behind(
          node.hostName(), HostConnection.open(List.of("ssh"), now, directory(), false));
    } catch (RuntimeException e) {
      // Whoever else gets that address has another key.
      if (!now.equals(before)) {
        HostConnection.forgetKey(List.of("ssh"), now, directory());
      }
      throw e;
    }
  }

  /// Lets dynos run on this machine, unless somebody has said otherwise.
  String openOwn() {
    var own = nodes().find(nodes().own()).orElseThrow();
    if (own.labels().containsKey(SwarmNodes.OPEN)) {
      return own.isOpen() ? "takes dynos" : "takes no dynos";
    }
    nodes().label(own.id(), Map.of(SwarmNodes.OPEN, "yes", PLACE, "" + SystemParts.FIRST_PLACE));
    return "takes dynos now";
  }

  private Node find(String name) {
    var found = nodes().list().stream().filter(node -> node.isCalled(name)).toList();
    if (found.size() == 1) {
      return found.getFirst();
    }
    throw problem(
        ErrorCode.NOT_FOUND,
        found.isEmpty() ? "There is no host " + name : "More than one host is called " + name,
        null,
        found.isEmpty() ? "./slipway hosts lists all" : "name it by its address");
  }

  private SwarmNodes nodes() {
    return installation.nodes();
  }

  private Path directory() {
    return installation.home().directory().resolve("hosts");
  }

  private static Host host(Node node, int dynos, @Nullable Figures figures) {
    var mark = CloudMark.of(node.labels());
    return new Host(
        node.hostName(),
        node.address(),
        node.state(dynos),
        node.manager() ? "manager" : "worker",
        node.labels().get(SSH),
        node.pool(),
        mark.map(CloudMark::provider).orElse(null),
        mark.map(CloudMark::id).orElse(null),
        dynos,
        node.cpus(),
        node.memoryBytes(),
        node.engine(),
        figures);
  }

  private static UserError problem(ErrorCode code, String what, @Nullable String why, String hint) {
    return new UserError(new Problem(code, what, why, hint));
  }
}
