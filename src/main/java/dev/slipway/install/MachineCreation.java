package dev.slipway.install;

import static java.util.Objects.requireNonNull;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.provider.Launch;
import dev.slipway.provider.Machine;
import dev.slipway.provider.Offer;
import dev.slipway.provider.Provider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Sees to it that the machines of an order are there and have power. Done twice it makes nothing
/// twice, also where it was killed in between.
final class MachineCreation {
  private final Provider provider;
  private final HostOrder order;
  private final List<String> managers;
  private final Path directory;
  private final Patience patience;
  private final Map<String, Machine> machines = new LinkedHashMap<>();
  private @Nullable Offer offer;

  /// How long it waits for a machine.
  ///
  /// @param power until it runs
  /// @param pause between two questions
  record Patience(Duration power, Duration pause) {
    static final Patience USUAL = new Patience(Duration.ofMinutes(5), Duration.ofSeconds(3));
  }

  /// @param managers the addresses from which hosts are reached
  /// @param directory of what is kept of other hosts
  MachineCreation(
      Provider provider,
      HostOrder order,
      List<String> managers,
      Path directory,
      Patience patience) {
    this.provider = provider;
    this.order = order;
    this.managers = List.copyOf(managers);
    this.directory = directory;
    this.patience = patience;
  }

  /// What would be made. Changes nothing.
  ///
  /// @param ownProcessor this machine's, as `uname -m` says it
  HostPlan plan(String ownProcessor) {
    var found = provider.offer(order.machine());
    if (!found.processor().equals(ownProcessor)) {
      throw problem(
          ErrorCode.INVALID_PARAMS,
          order.machine().type()
              + " is "
              + found.processor()
              + " and this machine is "
              + ownProcessor,
          "images are built for one kind of processor",
          "Choose a type with "
              + ownProcessor
              + ", such as "
              + (ownProcessor.equals("aarch64") ? "c7g.large" : "c7i.large"));
    }
    offer = found;
    var there = thereByHost();
    var cost = found.cost();
    var total = cost.total();
    return new HostPlan(
        provider.name(),
        provider.region(),
        order.hosts().stream()
            .map(host -> new HostPlan.Planned(host, idOf(there.get(host))))
            .toList(),
        order.machine().type(),
        found.image(),
        found.imageName(),
        order.machine().diskGigabytes(),
        found.network(),
        managers,
        total == null ? null : total * order.count(),
        cost.told(order.count()));
  }

  private static @Nullable String idOf(@Nullable Machine machine) {
    return machine == null ? null : machine.id();
  }

  private Map<String, Machine> thereByHost() {
    var there = new LinkedHashMap<String, Machine>();
    provider.machines().forEach(machine -> there.put(machine.host(), machine));
    return there;
  }

  /// To be done after `plan`.
  List<Step> steps() {
    var steps = new ArrayList<Step>();
    steps.add(
        new Step(
            "Security group", _ -> provider.secure(offer(), managers) ? "set" : "there already"));
    steps.add(new Step("Key pair", _ -> provider.admit(loginKey()) ? "imported" : "there already"));
    order.hosts().forEach(host -> steps.add(new Step(host, _ -> launch(host))));
    order
        .hosts()
        .forEach(host -> steps.add(new Step(host + " boots", detail -> await(host, detail))));
    return steps;
  }

  private Offer offer() {
    return requireNonNull(offer);
  }

  /// The private key that opens machines of this installation.
  static Path loginKey(Path directory) {
    return directory.resolve("key");
  }

  private String loginKey() {
    var key = loginKey(directory);
    FirstBoot.ensureKey(key, "slipway");
    try {
      return Files.readString(key.resolveSibling("key.pub")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String launch(String host) {
    var there = thereByHost().get(host);
    if (there != null) {
      requireFit(there);
      machines.put(host, there);
      MachineNotes.read(directory, host).ifPresent(it -> it.withId(there.id()).write(directory));
      return there.id() + ", there already";
    }
    var notes = MachineNotes.read(directory, host).orElseGet(() -> begin(host));
    var made = launch(host, notes);
    if (made.state() == Machine.State.GONE) {
      // Somebody ended it: a provider gives the same machine for the same token, even one that is
      // gone.
      notes = begin(host);
      made = launch(host, notes);
    }
    notes.withId(made.id()).write(directory);
    machines.put(host, made);
    return made.id() + ", made";
  }

  /// Noted before it is asked for: whoever comes after a kill asks with the same words.
  private MachineNotes begin(String host) {
    MachineNotes.forget(directory, host);
    var notes = MachineNotes.fresh(host, provider.name(), provider.region(), offer().image());
    notes.write(directory);
    return notes;
  }

  private Machine launch(String host, MachineNotes notes) {
    var userData = firstBoot(host).userData(host, loginKey());
    return provider.launch(
        new Launch(host, notes.token(), offer().withImage(notes.image()), userData));
  }

  private FirstBoot firstBoot(String host) {
    return new FirstBoot(MachineNotes.directory(directory, host));
  }

  private void requireFit(Machine there) {
    if (!there.type().equals(order.machine().type())) {
      throw problem(
          ErrorCode.CONFLICT,
          there.host() + " is there and a " + there.type(),
          "an " + order.machine().type() + " is asked for",
          "Give another --name, or take it back: ./slipway hosts destroy " + there.host());
    }
    if (there.state() == Machine.State.STOPPED) {
      throw problem(
          ErrorCode.CONFLICT,
          there.host() + " (" + there.id() + ") is switched off",
          "somebody did that in " + provider.name(),
          "Switch it on there, or take it back: ./slipway hosts destroy " + there.host());
    }
  }

  private String await(String host, Consumer<String> detail) {
    var id = requireNonNull(machines.get(host)).id();
    detail.accept("waiting for power");
    if (!Waiting.until(patience.power(), patience.pause(), () -> hasPower(host, id))) {
      throw problem(
          ErrorCode.UNAVAILABLE,
          host + " (" + id + ") does not start",
          "it is "
              + word(requireNonNull(machines.get(host)).state())
              + " after "
              + patience.power().toSeconds()
              + " s",
          null);
    }
    return "at " + requireNonNull(machines.get(host)).address();
  }

  private boolean hasPower(String host, String id) {
    var now = provider.look(id);
    machines.put(host, now);
    if (now.state() == Machine.State.GONE || now.state() == Machine.State.STOPPED) {
      throw problem(
          ErrorCode.UNAVAILABLE,
          host + " (" + id + ") is " + word(now.state()),
          provider.name() + " ended it, or somebody did; its own pages tell why",
          null);
    }
    return now.state() == Machine.State.RUNNING && now.address() != null;
  }

  private static String word(Machine.State state) {
    return switch (state) {
      case PENDING -> "still being made";
      case RUNNING -> "running";
      case STOPPED -> "switched off";
      case GONE -> "gone";
    };
  }

  /// The machine of that host, after the steps.
  Machine machine(String host) {
    return requireNonNull(machines.get(host));
  }

  /// What has been made or found so far, in words; empty for nothing.
  String soFar() {
    return String.join(
        ", ",
        machines.entrySet().stream()
            .filter(each -> each.getValue().state() != Machine.State.GONE)
            .map(each -> each.getKey() + " (" + each.getValue().id() + ")")
            .toList());
  }

  /// The hosts that have been made or found so far.
  List<String> hostsSoFar() {
    return List.copyOf(machines.keySet());
  }

  private static UserError problem(
      ErrorCode code, String what, @Nullable String why, @Nullable String hint) {
    return new UserError(new Problem(code, what, why, hint));
  }
}
