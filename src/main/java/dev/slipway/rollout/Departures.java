package dev.slipway.rollout;

import dev.slipway.core.ServiceName;
import dev.slipway.engine.DynoState;
import dev.slipway.engine.Engine;
import dev.slipway.engine.Engine.ExitWatch;
import dev.slipway.observe.Logs;
import dev.slipway.rollout.Departure.End;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// Sees how the dynos end that rollouts take out, and writes it into the app's log in Heroku's
/// words. Nobody waits for that: with a long grace time it can take hours. What ends while control
/// is away is not seen. Thread-safe.
final class Departures implements AutoCloseable {
  private static final int KILLED = 137;

  /// The engine needs a moment for the kill itself.
  private static final Duration LEEWAY = Duration.ofSeconds(15);

  /// How long dynos run on for the sake of being watched.
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Duration EARLY = Duration.ofSeconds(1);

  private final Engine engine;
  private final DynoWatch watch;
  private final Logs logs;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<UUID, Map<ServiceName, Followed>> byRollout = new ConcurrentHashMap<>();

  private record Followed(Dyno dyno, CompletableFuture<Departure> departure) {}

  Departures(Engine engine, DynoWatch watch, Logs logs) {
    this.engine = engine;
    this.watch = watch;
    this.logs = logs;
  }

  /// Watches dynos that are to be stopped right after this; each once, however often it is told. A
  /// host that does not answer is not waited for.
  ///
  /// @param grace gives a dyno's time between SIGTERM and SIGKILL
  void follow(UUID rollout, List<Dyno> dynos, Function<Dyno, Duration> grace)
      throws InterruptedException {
    var all = byRollout.computeIfAbsent(rollout, _ -> new ConcurrentHashMap<>());
    var watching = new CountDownLatch(dynos.size());
    for (var dyno : dynos) {
      var followed = new Followed(dyno, new CompletableFuture<>());
      if (all.putIfAbsent(dyno.service(), followed) == null) {
        var limit = grace.apply(dyno);
        threads.execute(() -> follow(followed, limit, watching));
      } else {
        watching.countDown();
      }
    }
    watching.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void follow(Followed followed, Duration grace, CountDownLatch watching) {
    var running = watch.state(followed.dyno().service()).filter(DynoState::running);
    if (running.isEmpty()) {
      followed.departure().complete(new Departure(followed.dyno().name(), End.ENDED, 0));
      watching.countDown();
      return;
    }
    try (var exit = watchExit(running.get(), watching)) {
      awaitEnd(followed, exit, grace);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException outOfReach) {
      followed.departure().complete(new Departure(followed.dyno().name(), End.UNSEEN, 0));
    }
  }

  private ExitWatch watchExit(DynoState dyno, CountDownLatch watching) {
    try {
      return engine.watchExit(dyno);
    } finally {
      watching.countDown();
    }
  }

  private void awaitEnd(Followed followed, ExitWatch exit, Duration grace)
      throws InterruptedException {
    var began = System.nanoTime();
    var status = exit.await(grace.plus(LEEWAY));
    var took = Duration.ofNanos(System.nanoTime() - began);
    var end = end(status, took, grace);
    tell(followed.dyno(), end, status, grace);
    var seconds = end == End.UNSEEN ? 0 : took.toMillis() / 1000.0;
    followed.departure().complete(new Departure(followed.dyno().name(), end, seconds));
  }

  /// A process can end with the status of one that was killed before its time is over: it ran out
  /// of memory, or ended so by itself.
  private static End end(OptionalInt status, Duration took, Duration grace) {
    if (status.isEmpty()) {
      return End.UNSEEN;
    }
    var late = took.compareTo(grace.minus(EARLY)) >= 0;
    return status.getAsInt() == KILLED && late ? End.KILLED : End.ENDED;
  }

  private void tell(Dyno dyno, End end, OptionalInt status, Duration grace) {
    if (end == End.KILLED) {
      say(
          dyno,
          "Error R12 (Exit timeout) -> At least one process failed to exit within "
              + grace.toSeconds()
              + " seconds of SIGTERM");
      say(dyno, "Stopping remaining processes with SIGKILL");
    }
    status.ifPresent(it -> say(dyno, "Process exited with status " + it));
  }

  private void say(Dyno dyno, String text) {
    logs.platform(dyno.app(), dyno.name().toString(), text);
  }

  /// What became of the dynos that the rollout takes out, as far as it has come.
  List<Departure> of(UUID rollout) {
    return byRollout.getOrDefault(rollout, Map.of()).values().stream()
        .map(it -> it.departure().getNow(new Departure(it.dyno().name(), End.AHEAD, 0)))
        .toList();
  }

  /// Waits until none of them is still to end.
  void await(UUID rollout) throws InterruptedException {
    for (var followed : byRollout.getOrDefault(rollout, Map.of()).values()) {
      try {
        followed.departure().get();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  void forget(UUID rollout) {
    byRollout.remove(rollout);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
