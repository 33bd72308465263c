package dev.slipway.testing;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.ServiceName;
import dev.slipway.core.UserError;
import dev.slipway.engine.DockerException;
import dev.slipway.engine.DynoSpec;
import dev.slipway.engine.DynoState;
import dev.slipway.engine.DynoState.Life;
import dev.slipway.engine.DynoState.Phase;
import dev.slipway.engine.Engine;
import dev.slipway.engine.InsideCommand;
import dev.slipway.engine.InsideProcess;
import dev.slipway.engine.TerminalSize;
import dev.slipway.image.ImageReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// An engine without Docker: dynos are entries of a map, up at once. It obeys `EngineContract`, as
/// the real one does. Commands are words: `exit N` ends with that status, anything else runs on.
public final class FakeEngine implements Engine {
  private static final Phase.Ended EXITED = new Phase.Ended(1, true, "task: non-zero exit (1)");
  private static final DynoName WEB = DynoName.of("web.1");

  private final Map<ServiceName, Running> dynos = new ConcurrentHashMap<>();
  private final Map<ServiceName, Crash> crashed = new ConcurrentHashMap<>();
  private final Set<ServiceName> paused = ConcurrentHashMap.newKeySet();
  private final Set<ImageReference> images = ConcurrentHashMap.newKeySet();
  private final List<ImageReference> pulls = new CopyOnWriteArrayList<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final List<TerminalSize> sizes = new CopyOnWriteArrayList<>();
  private final AtomicInteger lastAddress = new AtomicInteger();
  private final AtomicInteger followers = new AtomicInteger();
  private final AtomicInteger pauseFailures = new AtomicInteger();
  private final AtomicInteger failures = new AtomicInteger();
  private volatile List<HostMemory> hosts =
      List.of(new HostMemory(true, true, null, Long.MAX_VALUE));
  private volatile boolean pullsFail;
  private volatile boolean hostsAreAway;
  private volatile Predicate<DynoSpec> crashes = dyno -> false;

  /// @param host where it is among the hosts; -1 when none has room for it
  private record Running(DynoSpec spec, String address, Instant since, boolean once, int host) {}

  /// @param again whether the engine has started it again
  private record Crash(int count, Life life, boolean again) {}

  /// Has a dyno's process end by itself, with status 1, after it ran for so long. It is started
  /// again with `startAgain`.
  public void crash(ServiceName service, Duration lived, Instant now) {
    crashed.compute(
        service,
        (_, before) ->
            new Crash(
                before == null ? 1 : before.count() + 1,
                new Life(now.minus(lived), now, true),
                false));
  }

  /// What the engine does by itself some seconds after a crash.
  public void startAgain(ServiceName service) {
    crashed.computeIfPresent(service, (_, crash) -> new Crash(crash.count(), crash.life(), true));
  }

  /// Whether the dyno is paused.
  public boolean isPaused(ServiceName service) {
    return paused.contains(service);
  }

  /// Dynos that match crash at boot from now on.
  public void crash(Predicate<DynoSpec> which) {
    crashes = which;
  }

  /// Refuses so many starts from now on, as an engine that is away does.
  public void failStarts(int count) {
    failures.set(count);
  }

  /// Gives the engine that much memory in all, in bytes.
  public void memory(long bytes) {
    hosts(new HostMemory(true, true, null, bytes));
  }

  /// Gives it these hosts, each with that much memory in all; dynos go where most is free.
  public void hosts(HostMemory... all) {
    hosts = List.of(all);
  }

  /// What it was asked to do, such as `start x-web-1-g1`, in order.
  public List<String> calls() {
    return List.copyOf(calls);
  }

  /// The sizes that windows of commands inside had, at their start and since, in order.
  public List<TerminalSize> sizes() {
    return List.copyOf(sizes);
  }

  /// What the dyno was started with.
  public DynoSpec spec(ServiceName service) {
    return Optional.ofNullable(dynos.get(service)).orElseThrow().spec();
  }

  /// Starts the app's first web dyno, as an earlier rollout would have.
  public void startWeb(AppId app) {
    start(
        new DynoSpec(
            ServiceName.of(app, WEB, 1),
            app,
            WEB,
            new ImageReference("test", "sha256:" + "0".repeat(64)),
            "npm start",
            new TreeMap<>(),
            DynoSize.STANDARD_1X,
            Duration.ofSeconds(1)));
  }

  @Override
  public void start(DynoSpec dyno) {
    add(dyno, false);
  }

  @Override
  public boolean release(Predicate<ServiceName> settled) {
    return false;
  }

  @Override
  public void startOnce(DynoSpec dyno) {
    add(dyno, true);
  }

  private void add(DynoSpec dyno, boolean once) {
    if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IllegalStateException("the engine is away");
    }
    calls.add("start " + dyno.service());
    images.add(dyno.image());
    synchronized (this) {
      var host = place(dyno, once);
      dynos.computeIfAbsent(
          dyno.service(),
          name ->
              new Running(
                  dyno, "10.0.0." + lastAddress.incrementAndGet(), Instant.now(), once, host));
    }
  }

  private int place(DynoSpec dyno, boolean once) {
    var best = -1;
    var free = freeMemory().hosts();
    for (var i = 0; i < free.size(); i++) {
      var host = free.get(i);
      var fits =
          host.bytes() >= dyno.size().memoryBytes()
              && (once ? host.own() : host.takes(dyno.pool()));
      if (fits && (best < 0 || host.bytes() > free.get(best).bytes())) {
        best = i;
      }
    }
    return best;
  }

  @Override
  public void stop(ServiceName service) {
    calls.add("stop " + service);
    dynos.remove(service);
    paused.remove(service);
    crashed.remove(service);
  }

  /// Refuses so many pauses from now on.
  public void failPauses(int count) {
    pauseFailures.set(count);
  }

  @Override
  public void pause(ServiceName service) {
    if (pauseFailures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IllegalStateException("the engine is away");
    }
    calls.add("pause " + service);
    if (dynos.containsKey(service)) {
      paused.add(service);
    }
  }

  /// Its earlier lives are forgotten.
  @Override
  public void resume(ServiceName service) {
    calls.add("resume " + service);
    if (paused.remove(service)) {
      crashed.remove(service);
    }
  }

  /// A dyno ends at once with status 143, but one whose command is `stubborn` only when it is
  /// killed.
  @Override
  public ExitWatch watchExit(DynoState dyno) {
    var running = dynos.get(dyno.service());
    var stubborn =
        running != null && "stubborn".equals(running.spec().command())
            ? running.spec().grace()
            : null;
    return new ExitWatch() {
      @Override
      public OptionalInt await(Duration limit) throws InterruptedException {
        var end = System.nanoTime() + limit.toNanos();
        while (dynos.containsKey(dyno.service()) && System.nanoTime() < end) {
          Thread.sleep(5);
        }
        if (stubborn != null) {
          Thread.sleep(stubborn);
        }
        return OptionalInt.of(stubborn == null ? 143 : 137);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public boolean isGone(ServiceName service) {
    return !dynos.containsKey(service) || paused.contains(service);
  }

  @Override
  public List<DynoState> dynos() {
    return dynos.values().stream()
        .filter(dyno -> !paused.contains(dyno.spec().service()))
        .map(this::state)
        .toList();
  }

  @Override
  public List<DynoState> dynos(AppId app) {
    return dynos().stream().filter(dyno -> dyno.app().equals(app)).toList();
  }

  private DynoState state(Running dyno) {
    var spec = dyno.spec();
    var crash = crashed.get(spec.service());
    return new DynoState(
        spec.service(),
        spec.app(),
        spec.dyno(),
        dyno.once(),
        phase(dyno),
        crash == null ? 0 : crash.count(),
        phase(dyno) instanceof Phase.Ended ended ? ended : crash == null ? null : EXITED,
        crash == null ? null : crash.life(),
        dyno.address(),
        null,
        null,
        dyno.since());
  }

  private Phase phase(Running dyno) {
    var command = String.valueOf(dyno.spec().command());
    if (dyno.host() < 0) {
      return new Phase.Waiting("no suitable node");
    }
    if (crashes.test(dyno.spec())) {
      return EXITED;
    }
    var crash = crashed.get(dyno.spec().service());
    if (crash != null && !crash.again()) {
      return new Phase.Starting();
    }
    if (command.startsWith("exit ")) {
      var status = Integer.parseInt(command.substring(5));
      return new Phase.Ended(status, status != 0, "");
    }
    return new Phase.Running();
  }

  /// Streams go on until they are closed, also when the dyno is gone, as the real engine's do.
  @Override
  public LogFollower follow(ServiceName service, Instant since, LogSink sink) {
    if (!dynos.containsKey(service)) {
      throw new DockerException(404, "the lines of " + service, "there is no such service");
    }
    followers.incrementAndGet();
    return new LogFollower() {
      private final AtomicBoolean open = new AtomicBoolean(true);
      private final CountDownLatch closed = new CountDownLatch(1);

      @Override
      public boolean awaitEnd(Duration limit) {
        try {
          return closed.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
      }

      @Override
      public void close() {
        if (open.getAndSet(false)) {
          followers.decrementAndGet();
          closed.countDown();
        }
      }
    };
  }

  /// How many streams of lines are open.
  public int followers() {
    return followers.get();
  }

  @Override
  public List<String> lastLines(ServiceName service, int count) {
    return new ArrayList<>(List.of("the last words of " + service));
  }

  @Override
  public FreeMemory freeMemory() {
    var all = hosts;
    return new FreeMemory(
        IntStream.range(0, all.size()).mapToObj(i -> free(i, all.get(i))).toList());
  }

  private HostMemory free(int index, HostMemory host) {
    return new HostMemory(host.open(), host.own(), host.pool(), host.bytes() - used(index));
  }

  private long used(int host) {
    return dynos.values().stream()
        .filter(dyno -> dyno.host() == host)
        .mapToLong(dyno -> dyno.spec().size().memoryBytes())
        .sum();
  }

  /// Gives the host an image, as a pull does.
  public void hold(ImageReference image) {
    images.add(image);
  }

  @Override
  public Set<ImageReference> images() {
    return Set.copyOf(images);
  }

  @Override
  public void removeImage(ImageReference image) {
    if (dynos.values().stream().noneMatch(dyno -> dyno.spec().image().equals(image))) {
      images.remove(image);
    }
  }

  /// From now on nobody knows how a command inside a dyno ended.
  public void loseHosts() {
    hostsAreAway = true;
  }

  /// The images that were pulled ahead of a dyno, in order.
  public List<ImageReference> pulls() {
    return List.copyOf(pulls);
  }

  /// From now on no host can pull an image.
  public void failPulls() {
    pullsFail = true;
  }

  @Override
  public List<Unpulled> pull(ImageReference image, @Nullable String pool, Duration limit) {
    if (images.contains(image)) {
      return List.of();
    }
    pulls.add(image);
    if (pullsFail) {
      return List.of(new Unpulled("host-1", "its agent is silent"));
    }
    images.add(image);
    return List.of();
  }

  @Override
  public List<Crowded> crowded() {
    return List.of();
  }

  @Override
  public Optional<String> crowdedHere() {
    return Optional.empty();
  }

  /// The command is run by this machine's own shell; a terminal is a pipe here.
  @Override
  public InsideProcess runInside(DynoState dyno, InsideCommand command) {
    var running = dynos.get(dyno.service());
    if (running == null) {
      throw UserError.of(ErrorCode.FAILED, "Nothing can be run in " + dyno.dyno());
    }
    return LocalProcess.start(
        running.spec().environment(), command, sizes::add, () -> hostsAreAway);
  }

  @Override
  public Optional<List<String>> listeners(DynoState dyno, int port) {
    return Optional.of(List.of());
  }
}
