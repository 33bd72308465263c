package dev.slipway.oneoff;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.slipway.apps.App;
import dev.slipway.apps.AppFeature;
import dev.slipway.apps.Apps;
import dev.slipway.apps.Features;
import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.ProcessType;
import dev.slipway.core.Redaction;
import dev.slipway.core.Secret;
import dev.slipway.core.ServiceName;
import dev.slipway.core.UserError;
import dev.slipway.engine.DynoSpec;
import dev.slipway.engine.DynoState;
import dev.slipway.engine.Engine;
import dev.slipway.engine.TerminalSize;
import dev.slipway.observe.Logs;
import dev.slipway.release.ConfigVars;
import dev.slipway.release.Release;
import dev.slipway.release.Releases;
import dev.slipway.release.SlugProcess;
import dev.slipway.rollout.DynoEnvironment;
import dev.slipway.rollout.DynoSelection;
import dev.slipway.rollout.DynoView;
import dev.slipway.rollout.DynoWatch;
import dev.slipway.rollout.PostDeploy;
import dev.slipway.store.Store;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Runs commands once: in dynos of their own, or inside dynos that run. Takes up after a restart
/// those that go on without a client, and removes those whose client it lost. Thread-safe.
public final class OneOffs implements AutoCloseable {
  /// Types of dynos that run once and are removed by whoever has them run.
  private static final Set<ProcessType> RUN_BY_OTHERS =
      Set.of(ProcessType.RELEASE, PostDeploy.TYPE);

  private static final Logger LOG = Logger.getLogger(OneOffs.class.getName());
  private static final ProcessType RUN = new ProcessType("run");
  private static final int LOWEST_NUMBER = 1000;
  private static final int HIGHEST_NUMBER = 9999;
  private static final long MEGABYTE = 1024L * 1024L;
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final Duration TIDY_EACH = Duration.ofSeconds(5);
  private static final Duration OLD_ENOUGH = Duration.ofMinutes(2);
  private static final Duration GOODBYE = Duration.ofSeconds(10);

  private final Store store;
  private final Apps apps;
  private final Features features;
  private final Releases releases;
  private final DynoWatch watch;
  private final @Nullable Rendezvous rendezvous;
  private final OneOffStore oneOffs;
  private final OneOffRun.Parts parts;
  private volatile OneOffListener listener = OneOffListener.NONE;
  private final SecureRandom random = new SecureRandom();
  private final Map<UUID, Thread> threads = new ConcurrentHashMap<>();
  private final Map<UUID, OneOffRun> runs = new ConcurrentHashMap<>();
  private final Instant began;
  private @Nullable Thread tidier;

  /// Runs commands on an engine.
  ///
  /// @param rendezvous where clients of attached commands come to, or null where none can come
  public OneOffs(
      Store store,
      Apps apps,
      Features features,
      Releases releases,
      Engine engine,
      DynoWatch watch,
      Logs logs,
      @Nullable Rendezvous rendezvous,
      Clock clock) {
    this.store = store;
    this.apps = apps;
    this.features = features;
    this.releases = releases;
    this.watch = watch;
    this.rendezvous = rendezvous;
    this.oneOffs = new OneOffStore(store);
    this.began = clock.instant();
    this.parts = new OneOffRun.Parts(engine, watch, logs, oneOffs, clock, new Listening());
  }

  /// Takes up what an earlier process left, and from now on whatever is left undone.
  public void resume() {
    tidier = Thread.ofVirtual().name("one-offs").start(this::tidyForEver);
  }

  /// Has somebody told of promised dynos, from before `resume` on.
  public void listen(OneOffListener listener) {
    this.listener = listener;
  }

  /// Says why no dyno of that size could be started now, if so.
  ///
  /// @throws UserError where there is no room for it, or the engine is away
  public void requireRoom(DynoSize size) {
    var needed = size.memoryBytes();
    long free;
    try {
      free = parts.engine().freeMemory().own();
    } catch (RuntimeException e) {
      throw away(e);
    }
    if (needed > free) {
      throw new UserError(
          new Problem(
              ErrorCode.FAILED,
              "There is no room for a " + size.label() + " dyno",
              "it needs "
                  + needed / MEGABYTE
                  + " MB, the host that one-off dynos run on has "
                  + Math.max(0, free) / MEGABYTE
                  + " MB free",
              "Scale something down, or choose a smaller one: heroku run --size=standard-1x"));
    }
  }

  /// Promises, in the caller's transaction, a dyno of the app's live release for one command
  /// without a client. It is started by `begin`, and by whoever runs control next where this
  /// process dies before: once, whatever happens.
  ///
  /// @param beginBy until when it may be started
  /// @throws UserError where nothing is deployed
  public OneOffPromise promise(Handle db, App app, OneOffRequest request, Instant beginBy) {
    var release = releases.live(db, app.id());
    RunProcess.of(app, release, request);
    var oneOff = add(db, app, release, request, beginBy);
    return new OneOffPromise(oneOff.id(), oneOff.name());
  }

  /// Starts the dyno that was promised, on a thread of its own.
  public void begin(OneOffPromise promise) {
    oneOffs.find(promise.dyno()).ifPresent(this::takeUp);
  }

  /// Whether it has not been removed yet.
  public boolean has(UUID dyno) {
    return oneOffs.has(dyno);
  }

  /// Starts a dyno of the app's live release for one command.
  ///
  /// @throws UserError where nothing is deployed, or there is no room for it
  public OneOffStart start(App app, OneOffRequest asked) {
    if (asked.attach()) {
      rendezvous();
    }
    var overSsh = overSsh(app, asked);
    var request = overSsh ? asked.withoutWindow() : asked;
    var release = store.read(db -> releases.live(db, app.id()));
    var process = RunProcess.of(app, release, request);
    // Checked together with the config vars: the limits are the same.
    var config = release.config().with(own(request)).values();
    requireRoom(request.size());
    var oneOff = store.inTransaction(db -> add(db, app, release, request, null));
    var environment = DynoEnvironment.of(app, release, oneOff.name(), oneOff.id());
    own(request).keySet().forEach(name -> environment.put(name, requireNonNull(config.get(name))));
    if (!request.attach()) {
      start(oneOff, process.imageOf(), process.command(), environment, null);
      return new OneOffStart(view(oneOff), null);
    }
    var attached =
        new OneOffRun.Attached(offer(overSsh, request), process.command(), request.tellsStatus());
    start(oneOff, process.imageOf(), OneOffRun.NOTHING, environment, attached);
    return new OneOffStart(view(oneOff), attached.offer().url());
  }

  /// Runs a command inside a dyno that runs, attached to its client.
  ///
  /// @throws UserError not_found where the app has no such dyno
  public OneOffStart startInside(App app, DynoView dyno, OneOffRequest asked) {
    var overSsh = overSsh(app, asked);
    var request = overSsh ? asked.withoutWindow() : asked;
    var state =
        parts.engine().dynos(app.id()).stream()
            .filter(each -> each.dyno().equals(dyno.name()) && each.running())
            .max(Comparator.comparing(DynoState::since))
            .orElseThrow(() -> notUp(dyno.name()));
    var environment = ConfigVars.NONE.with(own(request)).values();
    var offer = offer(overSsh, request);
    var run =
        new InsideRun(
            parts, app.id(), state, request.command(), environment, offer, request.tellsStatus());
    begin(UUID.randomUUID(), run, () -> {});
    return new OneOffStart(
        new DynoView(
            dyno.id(),
            dyno.name(),
            dyno.size(),
            request.command(),
            dyno.releaseId(),
            dyno.releaseVersion(),
            dyno.state(),
            dyno.createdAt(),
            dyno.updatedAt()),
        offer.url());
  }

  /// The app's one-off dynos, by name.
  public List<DynoView> list(AppId app) {
    return oneOffs.of(app).stream().map(this::view).toList();
  }

  /// Has the one-off dynos end that are meant.
  public void stop(AppId app, DynoSelection selection) {
    oneOffs.of(app).stream()
        .filter(oneOff -> selection.includes(oneOff.name()))
        .forEach(oneOff -> {
          var run = runs.get(oneOff.id());
          if (run == null) {
            parts.engine().stop(oneOff.service());
          } else {
            run.stop();
          }
        });
  }

  /// Lets clients go, and removes what lived for them; the others are taken up by `resume` of the
  /// next process.
  @Override
  public void close() {
    if (tidier != null) {
      tidier.interrupt();
    }
    threads.values().forEach(Thread::interrupt);
    try {
      for (var thread : threads.values()) {
        thread.join(GOODBYE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private OneOff add(
      Handle db, App app, Release release, OneOffRequest request, @Nullable Instant beginBy) {
    var name = freeName(oneOffs.of(db, app.id()), request.typeOr(RUN));
    var now = parts.clock().instant();
    var oneOff =
        new OneOff(
            UUID.randomUUID(),
            app.id(),
            name,
            ServiceName.of(app.id(), name, apps.nextGeneration(db, app.id())),
            release.id(),
            release.version(),
            request.size(),
            request.command(),
            request.attach(),
            now,
            now.plus(request.timeToLive()),
            beginBy,
            beginBy == null);
    oneOffs.insert(db, oneOff);
    return oneOff;
  }

  /// Any number, as on Heroku: one that was just used would mix two runs in the log.
  private DynoName freeName(List<OneOff> others, ProcessType type) {
    var taken = others.stream().map(OneOff::name).collect(toUnmodifiableSet());
    return random
        .ints(LOWEST_NUMBER, HIGHEST_NUMBER + 1)
        .mapToObj(number -> new DynoName(type, number))
        .filter(name -> !taken.contains(name))
        .findFirst()
        .orElseThrow();
  }

  private void start(
      OneOff oneOff,
      SlugProcess imageOf,
      String command,
      SortedMap<String, Secret> environment,
      OneOffRun.@Nullable Attached attached) {
    var run = new OneOffRun(parts, oneOff, attached, Redaction.of(environment.values()), false);
    try {
      parts.engine().startOnce(spec(oneOff, imageOf, command, environment));
      if (!oneOffs.has(oneOff.id())) {
        throw UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that app.");
      }
      begin(run);
    } catch (RuntimeException e) {
      run.giveUp();
      throw e instanceof UserError ? e : away(e);
    }
  }

  private static DynoSpec spec(
      OneOff oneOff, SlugProcess imageOf, String command, SortedMap<String, Secret> environment) {
    return new DynoSpec(
        oneOff.service(),
        oneOff.app(),
        oneOff.name(),
        imageOf.image(),
        command,
        environment,
        oneOff.size(),
        GRACE);
  }

  private static UserError away(RuntimeException e) {
    return new UserError(
        new Problem(
            ErrorCode.UNAVAILABLE,
            "Nothing can be run now",
            "Docker did not take it on",
            "./slipway doctor shows why"),
        e);
  }

  private void begin(OneOffRun run) {
    var id = run.oneOff().id();
    if (runs.putIfAbsent(id, run) == null) {
      begin(id, run, () -> runs.remove(id));
    }
  }

  private void begin(UUID id, Runnable run, Runnable atEnd) {
    var thread =
        Thread.ofVirtual()
            .name("one-off " + id)
            .unstarted(() -> {
              try {
                run.run();
              } finally {
                atEnd.run();
                threads.remove(id);
              }
            });
    threads.put(id, thread);
    thread.start();
  }

  private void tidyForEver() {
    try {
      while (true) {
        try {
          tidy();
        } catch (RuntimeException e) {
          LOG.log(Level.WARNING, "One-off dynos are tidied up later", e);
        }
        Thread.sleep(TIDY_EACH);
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /// Takes up the dynos that nobody follows: their process was another one, or the engine was away
  /// when they ended. And removes those of which nothing is known: their app went while they came.
  private void tidy() {
    var recent = parts.clock().instant().minus(OLD_ENOUGH);
    var all = oneOffs.all();
    all.stream()
        .filter(oneOff -> !runs.containsKey(oneOff.id()))
        .filter(oneOff ->
            oneOff.promised()
                || oneOff.createdAt().isBefore(began)
                || oneOff.createdAt().isBefore(recent))
        .forEach(this::takeUp);
    var known = all.stream().map(OneOff::service).collect(toUnmodifiableSet());
    watch.states().stream()
        .filter(dyno -> dyno.once() && !RUN_BY_OTHERS.contains(dyno.dyno().type()))
        .filter(dyno -> !known.contains(dyno.service()) && dyno.since().isBefore(recent))
        .forEach(dyno -> parts.engine().stop(dyno.service()));
  }

  private void takeUp(OneOff oneOff) {
    if (oneOff.begun()) {
      var run = new OneOffRun(parts, oneOff, null, redaction(oneOff), true);
      if (oneOff.attached()) {
        run.remove();
      } else {
        begin(run);
      }
      return;
    }
    apps.find(oneOff.app())
        .map(app -> OneOffRun.promised(parts, oneOff, spec(app, oneOff)))
        .ifPresent(this::begin);
  }

  /// What was promised, made of what is written down of it.
  private DynoSpec spec(App app, OneOff oneOff) {
    var release = releases.get(oneOff.release());
    var request = OneOffRequest.detached(oneOff.command(), oneOff.size(), oneOff.name().type());
    var process = RunProcess.of(app, release, request);
    var environment = DynoEnvironment.of(app, release, oneOff.name(), oneOff.id());
    return spec(oneOff, process.imageOf(), process.command(), environment);
  }

  private Redaction redaction(OneOff oneOff) {
    return Redaction.of(releases.get(oneOff.release()).config().values().values());
  }

  private static SortedMap<String, @Nullable String> own(OneOffRequest request) {
    return new TreeMap<>(request.environment());
  }

  /// Only a client with a window is worth the other wire.
  private boolean overSsh(App app, OneOffRequest request) {
    return request.hasWindow() && features.get(app, AppFeature.RUN_OVER_SSH).enabled();
  }

  private Offer offer(boolean overSsh, OneOffRequest request) {
    return overSsh ? rendezvous().offerSsh() : rendezvous().offer(terminal(request));
  }

  private Rendezvous rendezvous() {
    if (rendezvous == null) {
      throw new UserError(
          new Problem(
              ErrorCode.FAILED,
              "Nobody can be attached here",
              "control has no certificate",
              "Run `./slipway up`, or without a client: heroku run:detached"));
    }
    return rendezvous;
  }

  private static @Nullable TerminalSize terminal(OneOffRequest request) {
    return request.terminal() ? Window.of(request.environment()) : null;
  }

  private static UserError notUp(DynoName name) {
    return new UserError(
        new Problem(
            ErrorCode.FAILED,
            "Nothing can be run in " + name,
            "it is not up",
            "heroku ps shows what the app's dynos do"));
  }

  /// Passes on to whoever listens now: dynos are followed by parts that are made before anybody
  /// does.
  private final class Listening implements OneOffListener {
    @Override
    public void begun(UUID dyno) {
      listener.begun(dyno);
    }

    @Override
    public void ended(UUID dyno, OneOffEnd end) {
      listener.ended(dyno, end);
    }
  }

  private DynoView view(OneOff oneOff) {
    var state = watch.state(oneOff.service());
    return new DynoView(
        oneOff.id(),
        oneOff.name(),
        oneOff.size(),
        oneOff.command(),
        oneOff.release(),
        oneOff.version(),
        state.filter(DynoState::running).isPresent() ? "up" : "starting",
        oneOff.createdAt(),
        state.map(DynoState::since).orElse(oneOff.createdAt()));
  }
}
