package dev.slipway.install;

import static java.util.Objects.requireNonNull;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.Images;
import dev.slipway.engine.SwarmNodes;
import dev.slipway.engine.SwarmNodes.Node;
import dev.slipway.engine.SwarmSetup;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Makes another machine a host of this fleet, step by step. Done twice it changes nothing; broken
/// off, it goes on. Dynos come to it only when its router serves.
final class HostJoin {
  /// Gate before router: it has the router's addresses.
  private static final List<String> FRONT = List.of("wall", "gate", "router");

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String ENGINE =
      """
      set -e
      export DEBIAN_FRONTEND=noninteractive LC_ALL=C
      if ! command -v dockerd >/dev/null; then
        apt-get update -q
        apt-get install -y -q --no-install-recommends docker.io iptables ca-certificates
        echo "=installed"
      fi
      if ! docker info >/dev/null 2>&1; then
        if [ -d /run/systemd/system ]; then
          systemctl enable --now docker
        else
          mkdir -p /var/log/slipway
          setsid --fork dockerd </dev/null >>/var/log/slipway/dockerd.log 2>&1
        fi
        for _ in $(seq 40); do docker info >/dev/null 2>&1 && break; sleep 1; done
        docker info >/dev/null 2>&1 || { tail -n 5 /var/log/slipway/dockerd.log; exit 1; }
        echo "=started"
      fi
      """;

  /// Says which router the machine has already, if it has one.
  private static final String ROUTER_ID = "cat /var/lib/slipway/router/id 2>/dev/null || true";

  private static final String ROUTER_FILES =
      """
      set -e
      umask 077
      mkdir -p /var/lib/slipway/router
      printf '%s\\n' 'ID' > /var/lib/slipway/router/id
      printf '%s\\n' 'TOKEN' > /var/lib/slipway/router/token
      """;

  private static final String AGENT_CERTIFICATE =
      "cat /var/lib/slipway/agent/agent.crt 2>/dev/null || true";

  private static final String AGENT_FILES =
      """
      set -e
      umask 077
      mkdir -p /var/lib/slipway/agent
      cd /var/lib/slipway/agent
      printf '%s' '@key' > agent.key
      printf '%s' '@authority' > ca.crt
      printf '%s' '@certificate' > agent.crt
      """;

  private final Installation installation;
  private final HostConnection host;
  private final HostParts parts;
  private final Map<String, String> labels;
  private @Nullable HostFacts facts;
  private @Nullable Node node;

  /// @param labels that its node shall have, its pool among them
  HostJoin(Installation installation, HostConnection host, Map<String, String> labels) {
    this.installation = installation;
    this.host = host;
    this.parts = new HostParts(host.docker());
    this.labels = Map.copyOf(labels);
  }

  /// The agent comes last: apps are served without it, and its image is by far the largest.
  List<Step> steps() {
    return List.of(
        new Step("The host", _ -> examine()),
        new Step("Docker Engine", this::engine),
        new Step("Swarm", _ -> join()),
        new Step("System images", detail -> images(FRONT, detail)),
        new Step("Router's token", _ -> routerFiles()),
        new Step("Wall", detail -> part("wall", detail)),
        new Step("Gate", detail -> part("gate", detail)),
        new Step("Router", detail -> part("router", detail)),
        new Step("Health", this::awaitRouter),
        new Step("Open for dynos", _ -> open()),
        new Step("Agent's image", detail -> images(List.of("agent"), detail)),
        new Step("Agent's certificate", _ -> agentFiles()),
        new Step("Agent", detail -> part("agent", detail)));
  }

  private String examine() {
    var found = HostFacts.of(host, HostRoutes.read().address());
    var overlays = installation.systemNetworks().overlays();
    facts = found.require(host.host().toString(), ownMachine(), overlays);
    return facts.summary();
  }

  private String engine(Consumer<String> detail) {
    var ended = host.run(ENGINE, detail);
    if (ended.status() != 0) {
      throw problem(
          "Docker Engine does not start there", ended.tail(), "Mend it there, and run this again.");
    }
    var version = "Docker " + new SwarmSetup(host.docker()).info().version();
    return ended.lines().contains("=installed")
        ? version + ", installed"
        : ended.lines().contains("=started") ? version + ", started" : version + ", running";
  }

  /// A machine that joins gets no dynos yet; one that is in the Swarm already stays as it is.
  private String join() {
    var there = new SwarmNodes(host.docker());
    var here = nodes();
    var id = there.own();
    var known = here.find(id);
    if (!id.isEmpty() && known.isEmpty()) {
      throw problem(
          "That machine is in another Swarm",
          null,
          "`docker swarm leave` there, if you may, and run this again.");
    }
    FleetPorts.admit(installation.containers(), facts().address());
    if (known.isEmpty()) {
      // What an earlier fleet left there looks as if it were ours, and is in none of our networks.
      parts.removeFront();
      there.join(here.invitation(), facts().address());
    }
    node = here.find(there.own()).orElseThrow();
    label();
    return known.isPresent() ? "there already" : "joined as " + node().hostName();
  }

  private void label() {
    var all = new HashMap<>(labels);
    all.put(Hosts.SSH, host.host().url());
    all.put(Hosts.PLACE, Integer.toString(place()));
    nodes().label(node().id(), all);
    node = nodes().find(node().id()).orElseThrow();
  }

  /// The host's own, or the lowest that none has.
  private int place() {
    var own = node().labels().get(Hosts.PLACE);
    if (own != null) {
      return Integer.parseInt(own);
    }
    var taken =
        nodes().list().stream()
            .map(each -> each.labels().getOrDefault(Hosts.PLACE, ""))
            .collect(Collectors.toSet());
    return IntStream.iterate(SystemParts.FIRST_PLACE + 1, each -> each + 1)
        .filter(each -> !taken.contains(Integer.toString(each)))
        .findFirst()
        .orElseThrow();
  }

  private String images(List<String> parts, Consumer<String> detail) {
    return new ImageDelivery(installation.images(), new Images(host.docker())).bring(parts, detail);
  }

  private String routerFiles() {
    var known = host.run(ROUTER_ID, _ -> {}).lines().stream().findFirst().orElse("").strip();
    var id = isId(known) ? known : UUID.randomUUID().toString();
    var token = new Secrets(installation.home()).routerToken(id).reveal();
    var ended = host.run(ROUTER_FILES.replace("ID", id).replace("TOKEN", token), _ -> {});
    if (ended.status() != 0) {
      throw problem("The router's files can't be written there", ended.tail(), null);
    }
    return id.equals(known) ? "there already" : "made";
  }

  /// Names the node, so that the agent can speak for no other.
  private String agentFiles() {
    var authority = new CertificateAuthority(installation.home(), Up.hostName());
    var known = String.join("\n", host.run(AGENT_CERTIFICATE, _ -> {}).lines());
    if (authority.isAgent(known, node().id())) {
      return "there already";
    }
    var files = authority.agent(node().id());
    var script =
        AGENT_FILES
            .replace("@key", files.key())
            .replace("@authority", files.authority())
            .replace("@certificate", files.certificate());
    var ended = host.run(script, _ -> {});
    if (ended.status() != 0) {
      throw problem("The agent's files can't be written there", ended.tail(), null);
    }
    return "made";
  }

  private static boolean isId(String text) {
    try {
      return UUID.fromString(text).toString().equals(text);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private String part(String part, Consumer<String> detail) {
    return parts.ensure(specs().spec(part), detail);
  }

  private SystemParts specs() {
    return new SystemParts(
        installation.home(),
        installation.systemNetworks().dynosNetwork(),
        place(),
        parts.gateId(),
        facts().cpus(),
        facts().memoryBytes());
  }

  private String awaitRouter(Consumer<String> detail) {
    detail.accept("waiting until the router has every app");
    if (!Waiting.until(PATIENCE, parts::routerIsReady)) {
      throw problem(
          "The router of that host does not get its table",
          parts.lastLines("router"),
          "Hosts must reach each other at 2377/tcp, 7946/tcp and udp, 4789/udp. Then run this"
              + " again.");
    }
    return "serves every app";
  }

  private String open() {
    nodes().label(node().id(), Map.of(SwarmNodes.OPEN, "yes"));
    return "dynos may come";
  }

  private SwarmNodes nodes() {
    return installation.nodes();
  }

  private HostFacts facts() {
    return requireNonNull(facts);
  }

  private Node node() {
    return requireNonNull(node);
  }

  /// As `uname -m` says it.
  static String ownMachine() {
    return Commands.run(List.of("uname", "-m")).lines().getFirst();
  }

  private static UserError problem(String what, @Nullable String why, @Nullable String hint) {
    return new UserError(new Problem(ErrorCode.UNAVAILABLE, what, why, hint));
  }
}
