package dev.slipway.install;

import static java.util.Objects.requireNonNull;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.SwarmNodes;
import dev.slipway.provider.Provider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes hosts from nothing: machines of a provider, which then join as every other machine does.
/// Done twice it changes nothing; broken off, it goes on.
final class HostCreation {
  private static final Duration LOGIN_WITHIN = Duration.ofMinutes(5);
  private static final Duration BOOTED_WITHIN = Duration.ofMinutes(10);
  private static final Duration PAUSE = Duration.ofSeconds(2);

  /// Makes a key that nobody else has seen, once.
  private static final String NEW_KEY =
      """
      set -e
      cd /etc/ssh
      [ -f slipway_host_key ] || ssh-keygen -q -t ed25519 -N '' -C "$(uname -n)" -f slipway_host_key
      cat slipway_host_key.pub
      """;

  /// Connections that are open stay so.
  private static final String USE_NEW_KEY =
      """
      set -e
      cd /etc/ssh
      mv slipway_host_key.pub ssh_host_ed25519_key.pub
      mv slipway_host_key ssh_host_ed25519_key
      if [ -d /run/systemd/system ]; then
        systemctl reload ssh 2>/dev/null || systemctl reload sshd
      else
        kill -HUP "$(pgrep -o -x sshd)"
      fi
      """;

  private static final String BOOT_STATUS =
      "cat %s 2>/dev/null || { echo waiting; tail -n 1 %s 2>/dev/null; true; }"
          .formatted(FirstBoot.DONE, FirstBoot.LOG);

  private final Installation installation;
  private final Provider provider;
  private final HostOrder order;
  private final Path directory;
  private final MachineCreation machines;

  /// @param directory of what is kept of other hosts
  HostCreation(Installation installation, Provider provider, HostOrder order, Path directory) {
    this.installation = installation;
    this.provider = provider;
    this.order = order;
    this.directory = directory;
    this.machines =
        new MachineCreation(provider, order, managers(), directory, MachineCreation.Patience.USUAL);
  }

  private List<String> managers() {
    return installation.nodes().invitation().managers().stream()
        .map(manager -> manager.substring(0, manager.lastIndexOf(':')))
        .sorted()
        .toList();
  }

  /// What would be made. Changes nothing.
  HostPlan plan() {
    requireFreeNames();
    return machines.plan(HostJoin.ownMachine());
  }

  /// A host of that name that somebody added by hand is another machine.
  private void requireFreeNames() {
    for (var node : installation.nodes().list()) {
      if (order.hosts().contains(node.hostName()) && !node.labels().containsKey(CloudMark.LABEL)) {
        throw new UserError(
            new Problem(
                ErrorCode.CONFLICT,
                "There is a host " + node.hostName() + " already",
                "it is no machine that `hosts create` made",
                "--name takes another name"));
      }
    }
  }

  /// Makes what is missing. To be called after `plan`.
  void run(Progress progress) {
    var steps = new ArrayList<>(machines.steps());
    order.hosts().forEach(host -> steps.add(new Step(host + " joins", note -> join(host, note))));
    var again = order.command(provider.region());
    try {
      Steps.run(steps, progress, again);
    } catch (UserError e) {
      throw withWhatExists(e, again);
    }
  }

  /// What is there costs money, so nobody must overlook it.
  private UserError withWhatExists(UserError e, String again) {
    var problem = e.problem();
    var soFar = machines.soFar();
    var why =
        (problem.why() == null ? "" : problem.why() + "\n")
            + (soFar.isEmpty() ? "no machine was made" : "there are: " + soFar);
    var hint = problem.hint() == null ? "" : problem.hint() + "\n      ";
    if (!hint.contains(again)) {
      hint += "`" + again + "` goes on.";
    }
    if (!soFar.isEmpty()) {
      var hosts = String.join(" ", machines.hostsSoFar());
      hint += "\n      `./slipway hosts destroy " + hosts + "` takes back what is there.";
    }
    return new UserError(new Problem(problem.code(), problem.what(), why, hint), e);
  }

  private String join(String host, Consumer<String> detail) {
    var machine = machines.machine(host);
    var remote = new RemoteHost(FirstBoot.USER, requireNonNull(machine.address()), 0);
    forgetPredecessor(host, machine.id());
    introduce(host, remote);
    detail.accept("waiting for SSH");
    requireTime(
        Waiting.until(
            LOGIN_WITHIN, PAUSE, () -> HostConnection.answers(List.of("ssh"), remote, directory)),
        host + " does not let us in by SSH",
        "its own pages at the provider show what it wrote when it started; a machine outside of"
            + " its network may not reach "
            + remote);
    try (var connection = HostConnection.open(List.of("ssh"), remote, directory, false)) {
      awaitFirstBoot(host, connection, detail);
      replaceKey(host, remote, connection);
      var steps = new HostJoin(installation, connection, labels(machine.id())).steps();
      Steps.run(steps, new StepDetails(detail), order.command(provider.region()));
    }
    return "takes dynos, " + remote;
  }

  /// A host of that name whose machine somebody ended still stands in the Swarm's list.
  private void forgetPredecessor(String host, String id) {
    installation.nodes().list().stream()
        .filter(node -> node.hostName().equals(host))
        .filter(
            node -> CloudMark.of(node.labels()).filter(mark -> !mark.id().equals(id)).isPresent())
        .forEach(node -> installation.nodes().remove(node.id()));
  }

  /// So that nothing is believed on first sight: the key that it will show is the one that it was
  /// given.
  private void introduce(String host, RemoteHost remote) {
    HostConnection.identify(remote, MachineCreation.loginKey(directory), directory);
    var keys = firstBoot(host).hostKeys();
    if (keys.isEmpty()) {
      throw new UserError(
          new Problem(
              ErrorCode.CONFLICT,
              "The SSH key of " + host + " is not known here",
              "what this machine kept of it is gone",
              "Take it back and make another: ./slipway hosts destroy " + host));
    }
    HostConnection.pin(remote, keys, directory);
  }

  private void awaitFirstBoot(String host, HostConnection connection, Consumer<String> detail) {
    requireTime(
        Waiting.until(
            BOOTED_WITHIN,
            PAUSE,
            () -> {
              var said = connection.run(BOOT_STATUS, _ -> {}).lines();
              var waits = !said.isEmpty() && said.getFirst().equals("waiting");
              detail.accept(
                  waits && said.size() > 1 ? said.getLast() : "waiting for its first boot");
              return !said.isEmpty() && !waits;
            }),
        host + " does not end its first boot",
        "./slipway hosts ssh does not know it yet; " + FirstBoot.LOG + " there tells more");
  }

  /// The first key stands in what the provider keeps. Both are known until the new one is in use.
  private void replaceKey(String host, RemoteHost remote, HostConnection connection) {
    var first = firstBoot(host);
    if (!first.isPending()) {
      return;
    }
    var fresh = connection.run(NEW_KEY, _ -> {});
    requireDone(fresh, host);
    first.learn(fresh.lines().getLast());
    HostConnection.pin(remote, first.hostKeys(), directory);
    requireDone(connection.run(USE_NEW_KEY, _ -> {}), host);
    first.forget();
    HostConnection.pin(remote, first.hostKeys(), directory);
  }

  private static void requireDone(Commands.Ended ended, String host) {
    if (ended.status() != 0) {
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              "The SSH key of " + host + " can't be replaced",
              ended.tail(),
              null));
    }
  }

  private static void requireTime(boolean inTime, String what, @Nullable String why) {
    if (!inTime) {
      throw new UserError(new Problem(ErrorCode.UNAVAILABLE, what, why, null));
    }
  }

  private FirstBoot firstBoot(String host) {
    return new FirstBoot(MachineNotes.directory(directory, host));
  }

  private Map<String, String> labels(String id) {
    var all = new HashMap<>(order.labels());
    all.put(CloudMark.LABEL, new CloudMark(provider.name(), provider.region(), id).text());
    if (order.pool() != null) {
      all.put(SwarmNodes.POOL, order.pool());
    }
    return all;
  }
}
