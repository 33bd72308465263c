package dev.slipway.install;

import static java.util.Objects.requireNonNull;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.SwarmNodes;
import dev.slipway.engine.SwarmNodes.Node;
import dev.slipway.provider.Ec2Provider;
import dev.slipway.provider.Machine;
import dev.slipway.provider.Provider;
import dev.slipway.provider.Providers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Ends hosts that `create` made: empties them, removes them, ends their machines, and with the
/// last machine takes away what they shared. Also takes back what never became a host. Done twice
/// it changes nothing; broken off, it goes on.
final class HostDestruction {
  private static final Duration LISTED_WITHIN = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofSeconds(3);

  private final Hosts hosts;
  private final SwarmNodes nodes;
  private final Path directory;
  private final @Nullable String region;
  private final Map<String, Ending> endings = new LinkedHashMap<>();

  /// What is to be ended.
  ///
  /// @param node null where it is no host, or none any more
  /// @param mark its machine
  private record Ending(String host, @Nullable Node node, CloudMark mark) {}

  /// @param directory of what is kept of other hosts
  /// @param region where a machine is of which nothing is known here, or null
  HostDestruction(Hosts hosts, SwarmNodes nodes, Path directory, @Nullable String region) {
    this.hosts = hosts;
    this.nodes = nodes;
    this.directory = directory;
    this.region = region;
  }

  /// Finds all of them, and sees that they may be ended, before the first one is touched.
  void require(List<String> names) {
    for (var name : names) {
      endings.put(name, ending(name));
    }
    requireAnotherHost();
  }

  private Ending ending(String name) {
    var node = nodes.list().stream().filter(each -> each.isCalled(name)).findFirst();
    if (node.isEmpty()) {
      return new Ending(name, null, leftMachine(name));
    }
    if (node.get().manager()) {
      throw problem(
          ErrorCode.CONFLICT, name + " is a manager", "it holds the fleet together", null);
    }
    var mark = CloudMark.of(node.get().labels());
    var ending =
        new Ending(
            node.get().hostName(),
            node.get(),
            mark.or(() -> noted(node.get().hostName()))
                .orElseThrow(() ->
                    problem(
                        ErrorCode.CONFLICT,
                        name + " is no machine that Slipway made",
                        null,
                        "./slipway hosts drain " + name + ", then hosts remove " + name)));
    if (node.get().ready()) {
      new HostData(directory).requireNone(name, node.get());
    } else {
      requireGone(ending);
    }
    return ending;
  }

  /// A host that does not answer can't be looked at, and its machine would end with whatever data
  /// of databases is on its disk.
  private void requireGone(Ending ending) {
    var host = ending.host();
    var mark = ending.mark();
    try (var provider = open(mark.provider(), mark.region())) {
      if (provider.machines().stream()
          .anyMatch(each -> each.id().equals(mark.id()) || each.host().equals(host))) {
        throw problem(
            ErrorCode.UNAVAILABLE,
            host + " does not answer",
            "its machine is still there, and may have the data of databases on its disk",
            "To give that up: ./slipway hosts remove "
                + host
                + " --dead, and then"
                + " ./slipway hosts destroy "
                + host
                + " --region "
                + mark.region());
      }
    }
  }

  /// One that was made and is no host: noted here, or known by its tag.
  private CloudMark leftMachine(String name) {
    return noted(name)
        .or(() -> tagged(name))
        .orElseThrow(() ->
            problem(
                ErrorCode.NOT_FOUND,
                "There is no host " + name,
                "no machine of that name was made from here either",
                "./slipway hosts lists all"));
  }

  private Optional<CloudMark> noted(String name) {
    return MachineNotes.read(directory, name)
        .map(notes -> new CloudMark(notes.provider(), notes.region(), notes.id()));
  }

  private Optional<CloudMark> tagged(String name) {
    if (region == null) {
      return Optional.empty();
    }
    try (var provider = open(Ec2Provider.NAME, region)) {
      return machine(provider, name)
          .map(machine -> new CloudMark(provider.name(), provider.region(), machine.id()));
    }
  }

  private static Optional<Machine> machine(Provider provider, String host) {
    return provider.machines().stream().filter(each -> each.host().equals(host)).findFirst();
  }

  private Provider open(String name, String where) {
    return Providers.open(name, where, nodes.cluster());
  }

  private void requireAnotherHost() {
    var ended =
        endings.values().stream().map(Ending::node).filter(Objects::nonNull).map(Node::id).toList();
    var left =
        nodes.list().stream()
            .filter(Node::takesDynos)
            .filter(node -> !ended.contains(node.id()))
            .count();
    if (!ended.isEmpty() && left == 0) {
      throw problem(
          ErrorCode.CONFLICT,
          "No host would be left that takes dynos",
          null,
          "./slipway hosts undrain another, or make one, before these go");
    }
  }

  /// To be done after `require`.
  void run(Progress progress) {
    var steps = new ArrayList<Step>();
    for (var ending : endings.values()) {
      if (ending.node() != null) {
        steps.add(new Step(ending.host() + " leaves", detail -> leave(ending, detail)));
      }
      steps.add(new Step(ending.host() + " ends", _ -> end(ending)));
    }
    steps.add(new Step("What they shared", _ -> clear()));
    Steps.run(steps, progress, "./slipway hosts destroy " + String.join(" ", endings.keySet()));
  }

  /// What is down has no dynos any more: Swarm has started them elsewhere.
  private String leave(Ending ending, Consumer<String> detail) {
    var node = nodes.find(requireNonNull(ending.node()).id());
    if (node.isEmpty()) {
      return "no host any more";
    }
    var answers = node.get().ready();
    if (answers) {
      hosts.drain(node.get().hostName(), detail);
    } else {
      requireGone(ending);
    }
    hosts.remove(node.get().hostName(), !answers, new StepDetails(detail));
    return "no host any more";
  }

  private String end(Ending ending) {
    var mark = ending.mark();
    try (var _ = MachineLock.take();
        var provider = open(mark.provider(), mark.region())) {
      var id = mark.id().isEmpty() ? lateId(provider, ending.host()) : mark.id();
      if (!id.isEmpty()) {
        provider.end(id);
      }
      MachineNotes.forget(directory, ending.host());
      return id.isEmpty() ? "was never made" : id + " ended";
    }
  }

  /// A machine that was asked for and whose answer nobody heard may be there all the same, and be
  /// listed late.
  private static String lateId(Provider provider, String host) {
    var found = new AtomicReference<>("");
    Waiting.until(
        LISTED_WITHIN,
        PAUSE,
        () -> {
          machine(provider, host).ifPresent(it -> found.set(it.id()));
          return !found.get().isEmpty();
        });
    return found.get();
  }

  private String clear() {
    var marks = endings.values().stream().map(Ending::mark).toList();
    var gone = true;
    for (var place :
        marks.stream().map(mark -> List.of(mark.provider(), mark.region())).distinct().toList()) {
      try (var _ = MachineLock.take();
          var provider = open(place.getFirst(), place.getLast())) {
        gone = provider.clear() && gone;
      }
    }
    return gone ? "removed" : "stays, others use it";
  }

  private static UserError problem(
      ErrorCode code, String what, @Nullable String why, @Nullable String hint) {
    return new UserError(new Problem(code, what, why, hint));
  }
}
