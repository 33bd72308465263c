package dev.slipway.rollout;

import dev.slipway.apps.Apps;
import dev.slipway.apps.FormationEntry;
import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ProcessType;
import dev.slipway.core.ServiceName;
import dev.slipway.release.Release;
import dev.slipway.release.Slug;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// Decides which dynos a rollout brings in and which it takes out, and writes that down.
final class Planner {
  private final Apps apps;
  private final DynoStore dynos;
  private final Clock clock;

  Planner(Apps apps, DynoStore dynos, Clock clock) {
    this.apps = apps;
    this.dynos = dynos;
    this.clock = clock;
  }

  void plan(Handle db, RolloutRecord rollout, Release release) {
    var live =
        dynos.of(db, rollout.app()).stream()
            .filter(dyno -> dyno.stage() == DynoStage.LIVE)
            .collect(Collectors.toMap(Dyno::name, dyno -> dyno));
    var wanted = wanted(release, apps.formation(rollout.app()));
    var starting = new ArrayList<DynoName>();
    var stopping = new ArrayList<Dyno>();
    switch (rollout.reason()) {
      case RELEASE, RESTORE -> {
        starting.addAll(wanted.keySet());
        stopping.addAll(live.values());
      }
      case SCALE -> {
        wanted.keySet().stream()
            .filter(name -> !isThere(live, name, wanted))
            .forEach(starting::add);
        live.values().stream()
            .filter(dyno -> !dyno.size().equals(wanted.get(dyno.name())))
            .forEach(stopping::add);
      }
      case RESTART -> {
        live.values().stream()
            .filter(dyno -> rollout.selection().includes(dyno.name()))
            .forEach(dyno -> {
              starting.add(dyno.name());
              stopping.add(dyno);
            });
      }
    }
    insert(db, rollout, release, starting, wanted);
    dynos.setStoppedBy(db, stopping, rollout.id());
  }

  private static boolean isThere(
      Map<DynoName, Dyno> live, DynoName name, NavigableMap<DynoName, DynoSize> wanted) {
    var dyno = live.get(name);
    return dyno != null && dyno.size().equals(wanted.get(name));
  }

  /// The dynos that the formation asks for, of types that the release's slug has.
  private static NavigableMap<DynoName, DynoSize> wanted(
      Release release, List<FormationEntry> formation) {
    var types = release.slug().map(Slug::processes).map(Map::keySet);
    var wanted = new TreeMap<DynoName, DynoSize>();
    for (var entry : formation) {
      var runs = types.isPresent() && types.get().contains(entry.type());
      if (runs && !entry.type().equals(ProcessType.RELEASE)) {
        for (var number = 1; number <= entry.quantity(); number++) {
          wanted.put(new DynoName(entry.type(), number), entry.size());
        }
      }
    }
    return wanted;
  }

  private void insert(
      Handle db,
      RolloutRecord rollout,
      Release release,
      List<DynoName> names,
      NavigableMap<DynoName, DynoSize> sizes) {
    if (names.isEmpty()) {
      return;
    }
    var generation = apps.nextGeneration(db, rollout.app());
    for (var name : names) {
      var dyno =
          new Dyno(
              UUID.randomUUID(),
              rollout.app(),
              name,
              ServiceName.of(rollout.app(), name, generation),
              release.id(),
              sizes.getOrDefault(name, DynoSize.STANDARD_1X),
              DynoStage.PLANNED,
              rollout.id(),
              null,
              Instant.now(clock));
      dynos.insert(db, dyno, generation);
    }
  }
}
