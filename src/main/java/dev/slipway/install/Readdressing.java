package dev.slipway.install;

import static java.util.Objects.requireNonNull;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.Containers;
import dev.slipway.engine.DockerApi;
import dev.slipway.engine.Networks;
import dev.slipway.engine.SwarmNodes;
import dev.slipway.engine.SwarmNodes.Node;
import dev.slipway.engine.SwarmSetup;
import dev.slipway.engine.SwarmSetup.Membership;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes the fleet know a host by another address, step by step. Done twice it changes nothing;
/// broken off, it goes on.
///
/// A Swarm keeps the address by which a manager came and tells it to every host; only who ceases to
/// be a manager and comes again gets another one. Until all know that, the other hosts send what is
/// for the former address to the new one.
final class Readdressing implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration ANSWER = Duration.ofSeconds(10);

  /// They look for those whom they lost each minute, and managers each two at the latest.
  private static final Duration TOGETHER = Duration.ofMinutes(3);

  private static final int MANAGEMENT_PORT = 2377;

  /// A shell's command that fails where the machine has no such address.
  private static final String HAS = "ip -4 -o addr show | grep -qF ' NEW/'";

  /// A machine that was to join and did not is none of the fleet.
  private static final String IS_HOST = "docker inspect slipway-wall >/dev/null 2>&1";

  private static final String REACHES = "timeout 5 bash -c '</dev/tcp/NEW/2377'";

  /// The engine keeps its addresses in a file that it reads when it starts. Where no systemd does,
  /// it is started in the same words as before.
  private static final String ENGINE =
      """
      set -e
      root=$(docker info --format '{{.DockerRootDir}}' 2>/dev/null || true)
      state=${root:-/var/lib/docker}/swarm/docker-state.json
      words=/run/slipway-engine
      [ -f "$state" ] || { echo "there is no $state"; exit 1; }
      if [ -d /run/systemd/system ]; then
        systemctl stop docker.socket 2>/dev/null || true
        systemctl stop docker
      elif pid=$(cat /var/run/docker.pid 2>/dev/null) && kill -0 "$pid" 2>/dev/null; then
        cp "/proc/$pid/cmdline" "$words"
        kill "$pid"
        for _ in $(seq 600); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
        ! kill -0 "$pid" 2>/dev/null || { echo "Docker does not end"; exit 1; }
        rm -f /var/run/docker.pid
      fi
      sed 's/"OLD\\([":]\\)/"NEW\\1/g' "$state" >"$state.new"
      chmod 600 "$state.new"
      mv "$state.new" "$state"
      if [ -d /run/systemd/system ]; then
        systemctl start docker
      else
        mkdir -p /var/log/slipway
        [ -s "$words" ] || printf 'dockerd\\0' >"$words"
        xargs -0 -a "$words" setsid --fork </dev/null >>/var/log/slipway/dockerd.log 2>&1
      fi
      for _ in $(seq 60); do docker info >/dev/null 2>&1 && exit 0; sleep 0.5; done
      echo "Docker does not start again"
      exit 1
      """;

  private static final String NFT =
      "docker run --rm --pull never --network host --cap-drop ALL --cap-add NET_ADMIN"
          + " --entrypoint nft slipway-wall ";

  /// What other engines send to the former address arrives at the new one: to a manager, and to one
  /// whom they gossip with. Engines that lost each other find together by the address that they
  /// had. Connections from before lead nowhere, and managers would hold on to them for a quarter of
  /// an hour: they end when they are used next.
  private static final String LEAD =
      "docker exec slipway-wall slipway-ports admit NEW\n"
          + NFT
          + "'add table ip slipway_moved; delete table ip slipway_moved;"
          + " table ip slipway_moved { chain output {"
          + " type nat hook output priority -105;"
          + " ip daddr OLD tcp dport { 2377, 7946 } dnat to NEW; };"
          + " chain stale { type filter hook output priority 0;"
          + " ip daddr OLD tcp dport { 2377, 7946 } reject with tcp reset; }; }'\n";

  private static final String LEAD_NO_MORE =
      NFT + "delete table ip slipway_moved >/dev/null 2>&1 || true\n";

  private final Installation installation;
  private final Machine moved;
  private final Map<String, Machine> others = new HashMap<>();
  private final List<String> missed = new ArrayList<>();
  private ReaddressNote note;

  /// @param moved the host
  /// @param to the address that it has now
  Readdressing(Installation installation, Machine moved, String to) {
    this.installation = installation;
    this.moved = moved;
    this.note = note(to);
  }

  /// Goes on with what was broken off. Whoever helps with that is not forgotten, even where the
  /// host has yet another address by now.
  private ReaddressNote note(String to) {
    var standing = new SwarmSetup(moved.docker()).standing();
    var node = standing.node();
    var earlier = ReaddressNote.read(directory());
    earlier
        .filter(it -> it.helper() != null && !it.isOf(node))
        .ifPresent(Readdressing::requireOver);
    var own = earlier.filter(it -> it.isOf(node));
    if (own.isPresent() && own.get().to().equals(to)) {
      return own.get().told(node);
    }
    var listed = new SwarmNodes(moved.docker()).managers();
    var fresh = ReaddressNote.of(node, listed.getOrDefault(node, standing.address()), to);
    return own.map(it -> fresh.with(it.helper(), it.temporary())).orElse(fresh);
  }

  private static void requireOver(ReaddressNote other) {
    throw new UserError(
        new Problem(
            ErrorCode.CONFLICT,
            "Another host's change of address was broken off",
            other.helper() + " is a manager in its place now",
            "First: ./slipway hosts readdress HOST " + other.to()));
  }

  /// Whether anything is to be done.
  boolean isDue() {
    return !engineIsThere() || !note.changesNothing();
  }

  /// What will be done, for people.
  List<String> plan() {
    return isDue() ? plan(moved.name(), note.from(), note.to()) : nothing(moved.name(), note.to());
  }

  /// The same, where that host is known by another address.
  static List<String> plan(String name, String from, String to) {
    return List.of(
        name + ": " + from + " becomes " + to + ".",
        "Docker on it starts again: what runs there is away for some seconds.",
        "Other hosts and their dynos run on.");
  }

  /// The same, where it is known by that one.
  static List<String> nothing(String name, String to) {
    return List.of(name + " is known by " + to + " already.");
  }

  List<Step> steps() {
    var steps = new ArrayList<Step>();
    steps.add(new Step("The address", _ -> examine()));
    steps.add(new Step("Other hosts", _ -> lead()));
    steps.add(new Step("Docker Engine", this::engine));
    steps.add(new Step("Swarm", _ -> awaitNodes()));
    steps.add(new Step("Managers", this::exchange));
    if (!moved.isOwn()) {
      steps.add(new Step("SSH", _ -> label()));
    }
    steps.add(new Step("Other hosts follow", _ -> follow()));
    steps.add(new Step("Slipway's parts", this::parts));
    return steps;
  }

  private String examine() {
    if (moved.run(filled(HAS), _ -> {}).status() != 0) {
      var has = moved.run("ip -4 -o addr show scope global | awk '{ print $4 }'", _ -> {}).lines();
      throw problem(
          moved.name() + " has no address " + note.to(),
          "it has " + String.join(", ", has),
          "Give it that address first; `ip addr` shows them.");
    }
    if (moved.isOwn() && !engineIsThere()) {
      connect();
      requireReached();
    }
    return note.changesNothing() ? "the engine's already" : "before: " + note.from();
  }

  /// By the very port that the others need.
  private void requireReached() {
    try (var door = new ServerSocket()) {
      door.bind(new InetSocketAddress(InetAddress.ofLiteral(note.to()), MANAGEMENT_PORT));
      for (var other : others.values()) {
        if (other.run(filled(REACHES), _ -> {}).status() != 0) {
          throw problem(
              other.name() + " does not reach " + note.to() + " at 2377/tcp",
              null,
              "Open 2377/tcp, 7946/tcp and udp, and 4789/udp between the hosts; then run this"
                  + " again.");
        }
      }
    } catch (IOException taken) {
      // The engine listens at all addresses; whether it is reached shows later.
    }
  }

  private String engine(Consumer<String> detail) {
    if (engineIsThere()) {
      return "has it already";
    }
    requireFormer();
    note.write(directory());
    detail.accept("starting Docker again");
    var script = ENGINE.replace("OLD", note.from().replace(".", "\\.")).replace("NEW", note.to());
    var ended = moved.run(script, detail);
    if (ended.status() != 0 || !waited(this::engineIsThere)) {
      throw problem(
          "Docker does not start at " + note.to(),
          ended.status() != 0 ? ended.tail() : new SwarmSetup(moved.docker()).standing().error(),
          "See its log on " + moved.name() + "; then run this again.");
    }
    note = note.told(new SwarmSetup(moved.docker()).standing().node()).write(directory());
    return "started again";
  }

  /// It is replaced in the engine's own file.
  private void requireFormer() {
    if (note.from().isEmpty()) {
      throw problem(
          "Docker on " + moved.name() + " does not tell its former address",
          null,
          "Give the host that address again, start Docker, and then run this again.");
    }
  }

  private boolean engineIsThere() {
    var standing = new SwarmSetup(moved.docker()).standing();
    return standing.address().equals(note.to()) && standing.error().isEmpty();
  }

  /// Opens a way to each other host that can be reached. Where the Swarm can't say who they are,
  /// those are asked to which there was a connection before.
  private void connect() {
    if (!moved.isOwn()) {
      var own = Machine.own(installation);
      others.putIfAbsent(own.name(), own);
    }
    if (holds(() -> !nodes().isEmpty())) {
      forgetStrangers();
      nodes().stream()
          .filter(node -> !isMoved(node) && !others.containsKey(node.hostName()))
          .forEach(node ->
              Optional.ofNullable(node.labels().get(Hosts.SSH))
                  .ifPresent(url -> open(node.hostName(), RemoteHost.of(url))));
    } else {
      HostConnection.known(directory()).stream()
          .filter(host -> others.values().stream().noneMatch(other -> isAt(other, host)))
          .forEach(host -> open(host.name(), host));
    }
  }

  /// Those that were asked by their addresses, before the Swarm could say who they are.
  private void forgetStrangers() {
    var names = nodes().stream().map(Node::hostName).toList();
    others
        .entrySet()
        .removeIf(other -> {
          if (names.contains(other.getKey())) {
            return false;
          }
          other.getValue().close();
          return true;
        });
    missed.retainAll(names);
  }

  private static boolean isAt(Machine machine, RemoteHost host) {
    var connection = machine.connection();
    return connection != null && connection.host().equals(host);
  }

  private void open(String name, RemoteHost host) {
    if (HostConnection.answers(List.of("ssh"), host, directory())) {
      var machine =
          Machine.behind(name, HostConnection.open(List.of("ssh"), host, directory(), false));
      missed.remove(name);
      if (machine.run(IS_HOST, _ -> {}).status() == 0) {
        others.put(name, machine);
      } else {
        machine.close();
      }
    } else if (!missed.contains(name)) {
      missed.add(name);
    }
  }

  /// A host is let in by the walls of the others for ten minutes; by then the Swarm names it. Where
  /// the engine's Swarm is in error, some may not be known yet.
  private String lead() {
    connect();
    for (var other : others.values()) {
      var ended = other.run("set -e\n" + filled(LEAD), _ -> {});
      if (ended.status() != 0) {
        throw problem(
            other.name() + " can't be told of " + note.to(), ended.tail(), "Run this again.");
      }
    }
    return others.size()
        + " told"
        + (missed.isEmpty() ? "" : "; out of reach: " + String.join(", ", missed));
  }

  /// Those that were told are heard again.
  private String awaitNodes() {
    waited(ANSWER, () -> !nodes().isEmpty());
    lead();
    if (!waited(TOGETHER, this::allAreHeard)) {
      throw problem(
          "Not all hosts are heard at " + note.to(),
          holds(() -> !nodes().isEmpty())
              ? String.join(", ", unheard()) + " can't reach it, or can't be reached"
              : "the managers do not agree: most of them must be up and reach each other",
          "Hosts must reach each other at 2377/tcp, 7946/tcp and udp, 4789/udp. Then run this"
              + " again.");
    }
    return nodes().size() + " hosts";
  }

  private boolean allAreHeard() {
    return holds(() -> !nodes().isEmpty() && unheard().isEmpty());
  }

  private List<String> unheard() {
    return nodes().stream()
        .filter(node -> isMoved(node) || others.containsKey(node.hostName()))
        .filter(node -> !node.ready() || (isMoved(node) && !node.address().equals(note.to())))
        .map(Node::hostName)
        .toList();
  }

  private boolean isMoved(Node node) {
    return node.id().equals(note.node());
  }

  private String exchange(Consumer<String> detail) {
    if (note.helper() == null) {
      if (!node(note.node()).manager()) {
        return "it is none";
      }
      if (isListed()) {
        return "know it already";
      }
      var helper = helper();
      if (helper.isEmpty()) {
        return "there is no other host that must know";
      }
      note = note.with(helper.get().hostName(), !helper.get().manager()).write(directory());
    }
    var name = requireNonNull(note.helper());
    var helper = Optional.ofNullable(others.get(name)).orElseThrow(() -> outOfReach(name));
    detail.accept("by " + name);
    exchange(helper);
    note = ReaddressNote.of(note.node(), note.from(), note.to()).write(directory());
    return "know it now";
  }

  /// Another manager, or else a host that becomes one for a moment.
  private Optional<Node> helper() {
    return nodes().stream()
        .filter(node -> others.containsKey(node.hostName()) && node.ready())
        .max(Comparator.comparing(Node::manager));
  }

  private void exchange(Machine helper) {
    var helperNode = new SwarmSetup(helper.docker()).standing().node();
    if (!isListed()) {
      if (!manages(helper)) {
        new ManagerRole(moved.docker(), helperNode).give(helper.docker());
      }
      var role = new ManagerRole(helper.docker(), note.node());
      if (manages(moved)) {
        role.take(moved.docker());
      }
      role.give(moved.docker());
    }
    if (note.temporary()) {
      new ManagerRole(moved.docker(), helperNode).take(helper.docker());
    }
  }

  private static boolean manages(Machine machine) {
    return new SwarmSetup(machine.docker()).info().membership() == Membership.MANAGER;
  }

  /// Whether the Swarm has the new address of the host, which is a manager.
  private boolean isListed() {
    return note.to().equals(new SwarmNodes(moved.docker()).managers().get(note.node()));
  }

  private String label() {
    var host = requireNonNull(moved.connection()).host();
    var before = node(note.node()).labels().get(Hosts.SSH);
    if (host.url().equals(before)) {
      return "by " + before + " already";
    }
    new SwarmNodes(view()).label(note.node(), Map.of(Hosts.SSH, host.url()));
    if (before != null) {
      HostConnection.forgetKey(List.of("ssh"), RemoteHost.of(before), directory());
    }
    return "by " + host.url();
  }

  private String follow() {
    for (var other : others.values()) {
      if (!waited(TOGETHER, () -> knows(other))) {
        throw problem(
            other.name() + " does not know " + moved.name() + " by " + note.to(),
            "engines find together by 7946/tcp and udp",
            "Run this again.");
      }
      other.run(LEAD_NO_MORE, _ -> {});
    }
    if (missed.isEmpty()) {
      ReaddressNote.delete(directory());
      return "they do";
    }
    return "not yet: " + String.join(", ", missed) + ". When they can be reached, run this again.";
  }

  /// By the managers, and by the gossip.
  private boolean knows(Machine other) {
    var managers = new SwarmNodes(other.docker()).managers();
    return (note.changesNothing() || !managers.containsValue(note.from()))
        && new Networks(other.docker()).peers(SystemNetworks.DYNOS).contains(note.to());
  }

  /// Builds must not reach the host's own addresses.
  private String parts(Consumer<String> detail) {
    detail.accept("waiting until they serve");
    if (!moved.isOwn()) {
      require(waited(new HostParts(moved.docker())::routerIsReady), "router", moved.docker());
      return "serve";
    }
    var managers = new Managers(installation);
    require(
        waited(() -> managers.controlIsElsewhere() || Health.of("control")),
        "control",
        moved.docker());
    if (!managers.controlIsElsewhere()) {
      new HostParts(moved.docker()).ensure(installation.parts().spec("builder"), detail);
    }
    require(Health.await("router", PATIENCE), "router", moved.docker());
    return "serve";
  }

  private static void require(boolean serves, String part, DockerApi docker) {
    if (!serves) {
      throw Up.silent(part, new Containers(docker).lastLines(SystemParts.container(part), 10));
    }
  }

  /// The engine of a manager: the moved host's own may be none in the midst of this.
  private DockerApi view() {
    if (!moved.isOwn()) {
      return installation.docker();
    }
    var helper = note.helper() == null ? null : others.get(note.helper());
    return helper == null || manages(moved) ? moved.docker() : helper.docker();
  }

  private List<Node> nodes() {
    return new SwarmNodes(view()).list();
  }

  private Node node(String id) {
    return nodes().stream().filter(node -> node.id().equals(id)).findFirst().orElseThrow();
  }

  /// An engine that has just started, or whose managers do not agree, answers with errors or not at
  /// all.
  private static boolean holds(BooleanSupplier asked) {
    try {
      return asked.getAsBoolean();
    } catch (RuntimeException notYet) {
      return false;
    }
  }

  private static boolean waited(BooleanSupplier condition) {
    return waited(PATIENCE, condition);
  }

  private static boolean waited(Duration patience, BooleanSupplier condition) {
    return Waiting.until(patience, Duration.ofMillis(300), () -> holds(condition));
  }

  private String filled(String script) {
    return script.replace("OLD", note.from()).replace("NEW", note.to());
  }

  private Path directory() {
    return installation.home().directory().resolve("hosts");
  }

  @Override
  public void close() {
    others.values().forEach(Machine::close);
  }

  private UserError outOfReach(String name) {
    return problem(
        name + " can't be reached",
        "it is a manager in the place of " + moved.name() + " now",
        "When it can, run this again.");
  }

  private static UserError problem(String what, @Nullable String why, @Nullable String hint) {
    return new UserError(new Problem(ErrorCode.UNAVAILABLE, what, why, hint));
  }
}
