package dev.slipway.router;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.ServiceName;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The routers as control sees them: it publishes tables to them and waits for what they report.
/// Nothing is given out before the first `publish`, so that a control that has just started does
/// not empty the routers' tables. Thread-safe; one lock, held for no longer than a few map
/// look-ups.
public final class Routers {
  /// A router silent for this long is not live: nobody waits for it.
  public static final Duration SILENCE = Duration.ofSeconds(15);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /// Polls wait for this one: there is one a router, and none concerns what the others report.
  private final Condition published = lock.newCondition();

  private final LongSupplier nanoTime;
  private final long epoch;
  private final Map<RouterId, Seen> routers = new TreeMap<>();
  private final Map<AppId, Figures> byApp = new HashMap<>();
  private final Map<ServiceName, Figures> byService = new HashMap<>();
  private final Map<ServiceName, DynoName> names = new HashMap<>();
  private Optional<RouteTable> table = Optional.empty();
  private long revision;

  /// Routers of a control that starts now.
  public Routers() {
    this(System.currentTimeMillis(), System::nanoTime);
  }

  /// Routers of a control with this epoch.
  ///
  /// @param epoch greater than that of any control before, in milliseconds since 1970
  /// @param nanoTime a clock that only goes forward
  public Routers(long epoch, LongSupplier nanoTime) {
    this.epoch = epoch;
    this.nanoTime = nanoTime;
  }

  /// Makes these the routes of all apps. Routers hear of it within milliseconds. When nothing
  /// changed there is no new version.
  ///
  /// @return the version to wait for
  public TableVersion publish(List<AppRoutes> apps) {
    return locked(() -> {
      var last = table.map(given -> given.version().number()).orElse(0L);
      if (table.isPresent() && isSame(table.get().apps(), apps)) {
        return table.get().version();
      }
      var next = new RouteTable(new TableVersion(epoch, last + 1), apps);
      table = Optional.of(next);
      apps.stream()
          .flatMap(app -> Stream.concat(app.dynos().stream(), app.candidates().stream()))
          .forEach(route -> names.put(route.service(), route.dyno()));
      published.signalAll();
      change();
      return next.version();
    });
  }

  /// Mostly all but one are the very same objects, and to compare what is in them takes as long as
  /// there are dynos.
  @SuppressWarnings("ReferenceEquality") // where they are not the same, what is in them decides
  private static boolean isSame(List<AppRoutes> before, List<AppRoutes> now) {
    return before.size() == now.size()
        && IntStream.range(0, now.size())
            .allMatch(i -> before.get(i) == now.get(i) || before.get(i).equals(now.get(i)));
  }

  /// The table in force, if any was published.
  public Optional<RouteTable> table() {
    return locked(() -> table);
  }

  /// Answers a router that holds `held`: waits for a table that is another, `limit` at the most.
  public Optional<RouteTable> poll(RouterId router, TableVersion held, Duration limit)
      throws InterruptedException {
    locked(() -> seen(router));
    await(published, limit, () -> isNewTo(held));
    return locked(() -> {
      // One that said good-bye meanwhile is not taken in again.
      routers.computeIfPresent(router, (_, seen) -> seen.now(nanoTime));
      return table.filter(given -> !given.version().equals(held));
    });
  }

  private boolean isNewTo(TableVersion held) {
    return table.isPresent() && !table.get().version().equals(held);
  }

  /// Takes what a router reports.
  public void report(RouterId router, RouterReport report) {
    locked(() -> {
      var seen = seen(router);
      var before = seen.report;
      if (report.boot().equals(before.boot()) && report.sequence() < before.sequence()) {
        return seen; // overtaken by a later one
      }
      if (!report.boot().equals(before.boot()) || report.sequence() > before.sequence()) {
        report.counted().forEach(this::count);
      }
      if (report.isTheLast()) {
        forget(router, report);
        return seen;
      }
      seen.report = report;
      if (!report.acknowledged().equals(before.acknowledged())
          || !report.inFlight().equals(before.inFlight())
          || !report.probes().equals(before.probes())) {
        change();
      }
      return seen;
    });
  }

  /// A good-bye that comes late is that of a run before the one that reports now.
  private void forget(RouterId router, RouterReport last) {
    if (report(router).boot().equals(last.boot())) {
      routers.remove(router);
      change();
    }
  }

  private void count(RouterReport.Counted counted) {
    byApp.merge(counted.app(), counted.figures(), Figures::plus);
    counted.service().ifPresent(name -> byService.merge(name, counted.figures(), Figures::plus));
  }

  /// The routers heard of within the last 15 s.
  public Set<RouterId> live() {
    return locked(() -> alive().collect(Collectors.toCollection(TreeSet::new)));
  }

  /// Waits until every live router uses the version, in all its workers.
  ///
  /// @return the live routers that did not within the limit; empty when all do
  public Set<RouterId> awaitAcknowledged(TableVersion version, Duration limit)
      throws InterruptedException {
    await(changed, limit, () -> !isAnyBehind(version));
    return locked(() -> behind(version));
  }

  private Set<RouterId> behind(TableVersion version) {
    return alive()
        .filter(router -> isBehind(router, version))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private boolean isAnyBehind(TableVersion version) {
    return alive().anyMatch(router -> isBehind(router, version));
  }

  private boolean isBehind(RouterId router, TableVersion version) {
    return !report(router).acknowledged().includes(version);
  }

  /// What the probes say of a candidate in the table. A router that leaves is not asked: it ends
  /// before the candidate would get a request from it.
  public Reachability reachability(ServiceName candidate) {
    return locked(() -> {
      var live = alive().filter(router -> !router.leaving()).toList();
      Reachability all = live.isEmpty() ? new Reachability.Unknown() : new Reachability.Reachable();
      for (var router : live) {
        var result = report(router).probes().get(candidate);
        if (result == null) {
          all = new Reachability.Unknown();
        } else if (!result.equals("ok")) {
          return new Reachability.Unreachable(result + " (router " + router + ")");
        }
      }
      return all;
    });
  }

  /// Requests in flight to these dynos, as last reported by the live routers.
  public int inFlight(Set<ServiceName> services) {
    return locked(() -> count(services));
  }

  private int count(Set<ServiceName> services) {
    return alive()
        .mapToInt(router ->
            services.stream()
                .mapToInt(service -> report(router).inFlight().getOrDefault(service, 0))
                .sum())
        .sum();
  }

  /// Waits until no live router has a request in flight to these dynos. Exact when `notBefore` is a
  /// version without them: a report counts only once its router has acknowledged that version, and
  /// from then on none of its workers picks them again.
  ///
  /// @return whether it came to that within the limit
  public boolean awaitIdle(Set<ServiceName> services, TableVersion notBefore, Duration limit)
      throws InterruptedException {
    return await(changed, limit, () -> !isAnyBehind(notBefore) && count(services) == 0);
  }

  /// Goes up whenever a table is published or what routers acknowledge, probe or have in flight
  /// changes.
  public long revision() {
    return locked(() -> revision);
  }

  /// Waits until the revision is another than the one the caller acted on.
  ///
  /// @return whether it is, within the limit
  public boolean awaitChange(long actedOn, Duration limit) throws InterruptedException {
    return await(changed, limit, () -> revision != actedOn);
  }

  /// What was counted for the app since this control started, on all routers.
  public Figures figures(AppId app) {
    return locked(() -> byApp.getOrDefault(app, Figures.NONE));
  }

  /// What was counted for the dyno since this control started, on all routers.
  public Figures figures(ServiceName service) {
    return locked(() -> byService.getOrDefault(service, Figures.NONE));
  }

  /// The dyno that the service is, if it was ever in a table.
  public Optional<DynoName> dyno(ServiceName service) {
    return locked(() -> Optional.ofNullable(names.get(service)));
  }

  private Stream<RouterId> alive() {
    var now = nanoTime.getAsLong();
    return routers.entrySet().stream()
        .filter(router -> now - router.getValue().at < SILENCE.toNanos())
        .map(Map.Entry::getKey);
  }

  private RouterReport report(RouterId router) {
    var seen = routers.get(router);
    return seen == null ? Seen.NOTHING : seen.report;
  }

  private Seen seen(RouterId router) {
    return routers.computeIfAbsent(router, _ -> new Seen()).now(nanoTime);
  }

  private void change() {
    revision++;
    changed.signalAll();
  }

  /// Waits for the condition; looks again each second, since a router may have stopped being live.
  private boolean await(Condition signal, Duration limit, BooleanSupplier condition)
      throws InterruptedException {
    var end = System.nanoTime() + limit.toNanos();
    lock.lockInterruptibly();
    try {
      while (!condition.getAsBoolean()) {
        var left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        var _ = signal.awaitNanos(Math.min(left, Duration.ofSeconds(1).toNanos()));
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private <T> T locked(java.util.function.Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  private static final class Seen {
    static final RouterReport NOTHING =
        new RouterReport("", 0, 1, TableVersion.NONE, Map.of(), Map.of(), List.of(), 0);

    long at;
    RouterReport report = NOTHING;

    Seen now(LongSupplier nanoTime) {
      at = nanoTime.getAsLong();
      return this;
    }
  }
}
