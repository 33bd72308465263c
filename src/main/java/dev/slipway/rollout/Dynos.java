package dev.slipway.rollout;

import dev.slipway.core.AppId;
import dev.slipway.core.ServiceName;
import dev.slipway.engine.DynoState;
import dev.slipway.engine.DynoState.Phase;
import dev.slipway.release.Release;
import dev.slipway.release.Releases;
import dev.slipway.release.SlugProcess;
import dev.slipway.store.Store;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// An app's dynos as people see them: what is wanted, with what it is doing. Thread-safe.
public final class Dynos {
  private static final String CRASHED = "crashed";

  private final DynoStore dynos;
  private final DynoWatch watch;
  private final Releases releases;

  /// Dynos of the store, seen through the watch.
  public Dynos(Store store, DynoWatch watch, Releases releases) {
    this.dynos = new DynoStore(store);
    this.watch = watch;
    this.releases = releases;
  }

  /// The app's dynos by name. While a rollout runs, a name can stand there twice: once for the dyno
  /// that serves and once for the one that starts.
  public List<DynoView> list(AppId app) {
    var read = new HashMap<UUID, Release>();
    return dynos.of(app).stream()
        .filter(dyno -> dyno.stage() != DynoStage.PLANNED && dyno.stage() != DynoStage.RETIRING)
        .map(dyno -> view(dyno, read.computeIfAbsent(dyno.release(), releases::get)))
        .toList();
  }

  /// The dynos that the services are. Read in one go, each release once, since a look can find
  /// every dyno changed.
  Map<ServiceName, DynoView> views(Set<ServiceName> services) {
    var read = new HashMap<UUID, Release>();
    var views = new HashMap<ServiceName, DynoView>();
    for (var dyno : dynos.of(services)) {
      var release = read.computeIfAbsent(dyno.release(), releases::get);
      views.put(dyno.service(), view(dyno, release));
    }
    return views;
  }

  /// Whether the dyno should run: it serves, or is about to.
  boolean isWanted(AppId app, ServiceName service) {
    return dynos.of(app).stream()
        .anyMatch(dyno -> dyno.service().equals(service) && dyno.stage() != DynoStage.RETIRING);
  }

  /// Whether the dyno is held back, since it crashed again and again.
  boolean isHeldBack(ServiceName service) {
    return dynos.of(Set.of(service)).stream()
        .anyMatch(dyno -> dyno.crashes().heldSince().isPresent());
  }

  private DynoView view(Dyno dyno, Release release) {
    var state = watch.state(dyno.service());
    var held = dyno.crashes().heldSince();
    return new DynoView(
        dyno.id(),
        dyno.name(),
        dyno.size(),
        command(release, dyno),
        release.id(),
        release.version(),
        held.isPresent() ? CRASHED : word(dyno, state),
        dyno.createdAt(),
        held.or(() -> state.map(DynoState::since)).orElse(dyno.createdAt()),
        dyno.crashes().total(),
        dyno.crashes().startsAt());
  }

  private static String command(Release release, Dyno dyno) {
    return release
        .process(dyno.name().type())
        .map(SlugProcess::command)
        .orElse("(the image's own command)");
  }

  /// Heroku's word for a dyno's state.
  private static String word(Dyno dyno, Optional<DynoState> state) {
    if (state.isEmpty()) {
      return "starting";
    }
    var tried = state.get().running() && dyno.stage() == DynoStage.CANDIDATE;
    return tried ? "starting" : word(state.get());
  }

  /// The same for a dyno by itself, whatever it is wanted for.
  static String word(DynoState state) {
    return switch (state.phase()) {
      case Phase.Running() -> "up";
      case Phase.Ended _ -> CRASHED;
      case Phase.Starting _, Phase.Waiting _ -> state.crashes() > 0 ? CRASHED : "starting";
    };
  }
}
