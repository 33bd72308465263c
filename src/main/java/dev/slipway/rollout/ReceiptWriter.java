package dev.slipway.rollout;

import dev.slipway.apps.App;
import dev.slipway.core.DynoName;
import dev.slipway.core.ProcessType;
import dev.slipway.core.ServiceName;
import dev.slipway.release.Release;
import dev.slipway.router.Figures;
import dev.slipway.router.Latency;
import dev.slipway.router.RouterId;
import dev.slipway.router.Routers;
import dev.slipway.store.Store;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Makes a rollout's receipt out of what the routers counted. Figures from before a restart of
/// control are not there any more: the receipt then tells of the time since. Thread-safe.
final class ReceiptWriter {
  private final Store store;
  private final RolloutStore rollouts;
  private final Routers routers;
  private final Departures departures;
  private final Clock clock;
  private final Map<UUID, Figures> atStart = new ConcurrentHashMap<>();
  private final Map<UUID, Latency> ofRetired = new ConcurrentHashMap<>();
  private final Map<UUID, List<String>> silent = new ConcurrentHashMap<>();
  private final Map<UUID, Receipt> written = new ConcurrentHashMap<>();

  ReceiptWriter(
      Store store, RolloutStore rollouts, Routers routers, Departures departures, Clock clock) {
    this.store = store;
    this.rollouts = rollouts;
    this.routers = routers;
    this.departures = departures;
    this.clock = clock;
  }

  /// Notes where the app's counters stand as its rollout begins or goes on.
  void begin(RolloutRecord rollout) {
    atStart.put(rollout.id(), routers.figures(rollout.app()));
  }

  /// Notes how fast the dynos were that are about to go.
  void remember(UUID rollout, Collection<ServiceName> retiring) {
    ofRetired.merge(rollout, latency(retiring), Latency::plus);
  }

  /// Notes routers that had not taken the new table when it was no longer waited for.
  void missed(UUID rollout, Collection<RouterId> routers) {
    if (!routers.isEmpty()) {
      silent.put(rollout, routers.stream().map(RouterId::value).toList());
    }
  }

  /// @param arrived the dynos that the rollout brought in
  /// @param running by process type, how many dynos of the app run now
  void write(
      RolloutRecord rollout,
      App app,
      Release release,
      List<Dyno> arrived,
      Map<ProcessType, Integer> running) {
    var meanwhile =
        routers.figures(app.id()).minus(atStart.getOrDefault(rollout.id(), Figures.NONE));
    var receipt =
        new Receipt(
            rollout.id(),
            release.version().value(),
            rollout.reason().name().toLowerCase(java.util.Locale.ROOT),
            meanwhile.requests(),
            meanwhile.lost(),
            percentiles(ofRetired.getOrDefault(rollout.id(), Latency.NONE)),
            percentiles(latency(arrived.stream().map(Dyno::service).toList())),
            seconds(rollout),
            secondsToLive(rollout),
            processes(arrived, departures.of(rollout.id()), running),
            silent.getOrDefault(rollout.id(), List.of()),
            Instant.now(clock));
    keep(receipt);
  }

  private void keep(Receipt receipt) {
    store.useTransaction(db -> rollouts.keepReceipt(db, receipt.rollout(), receipt));
    written.put(receipt.rollout(), receipt);
  }

  /// Waits until the dynos that went have ended, and writes down how. All else stays as it was
  /// written.
  ///
  /// @return the whole receipt, if there is one
  Optional<Receipt> complete(RolloutRecord rollout) throws InterruptedException {
    departures.await(rollout.id());
    var sofar = Optional.ofNullable(written.get(rollout.id()));
    var whole = sofar.map(it -> it.with(departures.of(rollout.id())));
    if (!whole.equals(sofar)) {
      whole.ifPresent(this::keep);
    }
    return whole;
  }

  private static List<ProcessReceipt> processes(
      List<Dyno> arrived, List<Departure> departed, Map<ProcessType, Integer> running) {
    var came = arrived.stream().map(Dyno::name).collect(Collectors.toSet());
    var went = departed.stream().map(Departure::dyno).collect(Collectors.toSet());
    return Stream.concat(came.stream(), went.stream())
        .map(DynoName::type)
        .distinct()
        .sorted(Comparator.comparing(ProcessType::value))
        .map(type -> {
          var comes = of(type, came);
          var goes = of(type, went);
          var both = (int) comes.stream().filter(goes::contains).count();
          return new ProcessReceipt(
                  type.value(),
                  running.getOrDefault(type, 0),
                  comes.size() - both,
                  both,
                  goes.size() - both,
                  0,
                  0,
                  List.of(),
                  0)
              .with(departed);
        })
        .toList();
  }

  private static Set<DynoName> of(ProcessType type, Set<DynoName> dynos) {
    return dynos.stream().filter(dyno -> dyno.type().equals(type)).collect(Collectors.toSet());
  }

  void end(RolloutRecord rollout) {
    written.remove(rollout.id());
    departures.forget(rollout.id());
    atStart.remove(rollout.id());
    ofRetired.remove(rollout.id());
    silent.remove(rollout.id());
  }

  private Latency latency(Collection<ServiceName> services) {
    return services.stream()
        .map(service -> routers.figures(service).latency())
        .reduce(Latency.NONE, Latency::plus);
  }

  private static Receipt.Percentiles percentiles(Latency latency) {
    return new Receipt.Percentiles(latency.count(), latency.p50(), latency.p95(), latency.p99());
  }

  private static Map<String, Double> seconds(RolloutRecord rollout) {
    var seconds = new TreeMap<String, Double>();
    rollout.milliseconds().forEach((step, taken) -> seconds.put(step.label(), taken / 1000.0));
    return seconds;
  }

  private static double secondsToLive(RolloutRecord rollout) {
    return rollout.milliseconds().entrySet().stream()
            .filter(entry -> entry.getKey().compareTo(Step.SWITCH) <= 0)
            .mapToLong(Map.Entry::getValue)
            .sum()
        / 1000.0;
  }
}
