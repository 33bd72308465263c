package dev.slipway.api;

import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.apps.Domain;
import dev.slipway.apps.FormationEntry;
import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.AppName;
import dev.slipway.core.DynoName;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.ProcessType;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.deploy.AttachedConfig;
import dev.slipway.deploy.Build;
import dev.slipway.deploy.BuildStatus;
import dev.slipway.deploy.Releaser;
import dev.slipway.deploy.ScaleRequest;
import dev.slipway.image.ImageReference;
import dev.slipway.observe.Logs;
import dev.slipway.release.ConfigVars;
import dev.slipway.release.Release;
import dev.slipway.release.ReleaseStatus;
import dev.slipway.release.Releases;
import dev.slipway.release.Slug;
import dev.slipway.release.SlugProcess;
import dev.slipway.rollout.DynoSelection;
import dev.slipway.rollout.DynoView;
import dev.slipway.rollout.PostDeploy;
import dev.slipway.rollout.Receipt;
import dev.slipway.source.SourceTree;
import dev.slipway.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Does at once, in the store alone, what the server does on real parts. A source tree with a file
/// named `fail` can't be built, one named `slow` takes a while.
final class FakeOperations implements Operations, Releaser {
  private static final String DIGEST = "sha256:" + "a".repeat(64);

  private final Store store;
  private final Apps apps;
  private final Releases releases;
  private final Logs logs;
  private final AttachedConfig attached;
  private final Path outputs;
  private final Map<UUID, Build> builds = new ConcurrentHashMap<>();

  /// What was asked, in words.
  final List<String> asked = new CopyOnWriteArrayList<>();

  /// The files of each source that was built, with `*` after executable ones.
  final List<List<String>> built = new CopyOnWriteArrayList<>();

  /// How often routers were given something new.
  final AtomicInteger published = new AtomicInteger();

  FakeOperations(
      Store store, Apps apps, Releases releases, Logs logs, AttachedConfig attached, Path outputs) {
    this.store = store;
    this.apps = apps;
    this.releases = releases;
    this.logs = logs;
    this.attached = attached;
    this.outputs = outputs;
  }

  @Override
  public App create(@Nullable AppName name, AccountId by) {
    var given =
        name == null
            ? new AppName("calm-sea-" + UUID.randomUUID().toString().substring(0, 5))
            : name;
    var app = apps.create(given, by);
    add(app, "Initial release", null, ConfigVars.NONE, by);
    return app;
  }

  @Override
  public App rename(App app, AppName name) {
    return apps.rename(app.id(), name);
  }

  @Override
  public App setMaintenance(App app, boolean maintenance) {
    return apps.setMaintenance(app.id(), maintenance);
  }

  @Override
  public void destroy(App app) {
    apps.destroy(app.id());
  }

  @Override
  public Release setConfig(App app, Map<String, @Nullable String> changes, AccountId by) {
    store.useTransaction(db -> attached.requireFree(db, app.id(), changes.keySet()));
    var current = releases.current(app.id());
    return add(app, "Set config vars", current.slugOrNull(), current.config().with(changes), by);
  }

  @Override
  public Release rollback(App app, Release target, AccountId by) {
    return add(app, "Rollback to " + target.version(), target.slugOrNull(), target.config(), by);
  }

  @Override
  public Release release(App app, Slug slug, String description, AccountId by) {
    return add(app, description, slug, releases.current(app.id()).config(), by);
  }

  /// Releases are live at once; of an app named `broken`, and that is no promotion's fault, they
  /// fail.
  @Override
  public <T> T together(AccountId by, Function<Work, T> work) {
    return store.inTransaction(db ->
        work.apply(
            new Work() {
              @Override
              public Handle db() {
                return db;
              }

              @Override
              public Release code(App app, Slug slug, String description) {
                var own = releases.addSlug(db, slug.onto(app.id()));
                apps.declare(db, app.id(), own.processes().keySet());
                return keep(app, own, releases.current(db, app.id()).config(), description);
              }

              @Override
              public Release config(
                  App app, Map<String, @Nullable String> changes, String description) {
                var current = releases.current(db, app.id());
                return keep(app, current.slugOrNull(), current.config().with(changes), description);
              }

              private Release keep(
                  App app, @Nullable Slug slug, ConfigVars config, String description) {
                var broken = app.name().value().equals("broken");
                var status = broken ? ReleaseStatus.FAILED : ReleaseStatus.SUCCEEDED;
                return releases.add(db, app.id(), description, status, slug, config, by);
              }
            }));
  }

  @Override
  public Optional<String> problem(UUID release) {
    return Optional.of("web.1 crashed at boot");
  }

  /// Takes process types out, and knows no image.
  @Override
  public Release releaseImages(
      App app, SortedMap<ProcessType, Optional<String>> images, AccountId by) {
    var slug = releases.current(app.id()).slug().orElseThrow();
    var processes = new TreeMap<>(slug.processes());
    images.forEach((type, image) -> {
      if (image.isPresent()) {
        throw UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that image.");
      }
      processes.remove(type);
    });
    var left =
        new Slug(UUID.randomUUID(), app.id(), slug.commit(), "fake", processes, Instant.now());
    return together(by, work -> work.code(app, left, "Removed " + images.keySet()));
  }

  @Override
  public boolean isPhaseAhead(Release release) {
    return false;
  }

  @Override
  public List<FormationEntry> scale(App app, List<ScaleRequest> requests, AccountId by) {
    var entries = new TreeMap<ProcessType, FormationEntry>();
    apps.formation(app.id()).forEach(entry -> entries.put(entry.type(), entry));
    var changed = new ArrayList<FormationEntry>();
    for (var request : requests) {
      var now = entries.get(request.type());
      if (now == null) {
        throw Apps.noSuchType(request.type());
      }
      var quantity = request.quantity();
      var size = request.size();
      changed.add(
          new FormationEntry(
              now.id(),
              now.type(),
              quantity == null ? now.quantity() : quantity.from(now.quantity()),
              size == null ? now.size() : size));
    }
    return store.inTransaction(db -> apps.scale(db, app.id(), changed));
  }

  @Override
  public void restart(App app, DynoSelection dynos) {
    asked.add("restart " + dynos);
  }

  @Override
  public Domain addDomain(App app, String hostname) {
    return apps.domains().add(app.id(), hostname);
  }

  @Override
  public Domain removeDomain(App app, String hostnameOrId) {
    return apps.domains().remove(app.id(), hostnameOrId);
  }

  @Override
  public void publishRoutes() {
    published.incrementAndGet();
  }

  @Override
  public Build startBuild(App app, String commit, AccountId by) {
    var now = Instant.now();
    return keep(
        new Build(
            UUID.randomUUID(),
            app.id(),
            commit,
            BuildStatus.PENDING,
            by,
            null,
            null,
            new Secret(UUID.randomUUID().toString()),
            now,
            now));
  }

  @Override
  public Build build(AppId app, String id) {
    return builds(app).stream()
        .filter(build -> build.id().toString().equals(id))
        .findFirst()
        .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that build."));
  }

  @Override
  public List<Build> builds(AppId app) {
    return builds.values().stream().filter(build -> build.app().equals(app)).toList();
  }

  @Override
  public Path output(Build build) {
    return outputs.resolve(build.id() + ".log");
  }

  @Override
  public void failBuild(Build build, String why) {
    append(build, why);
    end(build, BuildStatus.FAILED, null);
  }

  @Override
  public Release deploy(
      App app, SourceTree source, AccountId by, Build build, Consumer<String> lines) {
    Consumer<String> both =
        line -> {
          append(build, line);
          lines.accept(line);
        };
    var files = files(source.directory());
    built.add(files);
    both.accept("-----> Building on the fake stack");
    if (files.contains("slow")) {
      pause();
    }
    if (files.contains("fail")) {
      both.accept(" !     Push rejected, failed to compile app.");
      end(build, BuildStatus.FAILED, null);
      throw UserError.of(ErrorCode.FAILED, "The build failed.");
    }
    var processes = new TreeMap<ProcessType, SlugProcess>();
    processes.put(
        ProcessType.WEB,
        new SlugProcess(ImageReference.of(app.name() + "@" + DIGEST), "npm start"));
    processes.put(
        new ProcessType("worker"),
        new SlugProcess(ImageReference.of(app.name() + "@" + DIGEST), null));
    var slug =
        releases.addSlug(
            new Slug(
                UUID.randomUUID(), app.id(), source.commit(), "fake", processes, Instant.now()));
    apps.declare(app.id(), processes.keySet());
    var release =
        add(app, "Deploy " + source.commit(), slug, releases.current(app.id()).config(), by);
    both.accept("-----> Launching...");
    both.accept("       Released " + release.version());
    both.accept("Verifying deploy... done.");
    end(build, BuildStatus.SUCCEEDED, release);
    return release;
  }

  /// Commands write themselves; `exit N` ends with that status.
  @Override
  public Optional<PostDeploy.Ended> postDeploy(App app, String command) {
    var status = command.startsWith("exit ") ? Integer.parseInt(command.substring(5)) : 0;
    return Optional.of(new PostDeploy.Ended(command + "\n", status));
  }

  @Override
  public void endPostDeploy(App app) {
    asked.add("end postdeploy of " + app.name());
  }

  @Override
  public boolean isRouting() {
    return true;
  }

  @Override
  public List<DynoView> dynos(AppId app) {
    var release = releases.current(app);
    return release
        .slug()
        .map(slug -> apps.formation(app).stream().flatMap(entry -> dynos(entry, release)).toList())
        .orElse(List.of());
  }

  @Override
  public List<Receipt> receipts(AppId app) {
    return List.of();
  }

  private static java.util.stream.Stream<DynoView> dynos(FormationEntry entry, Release release) {
    return java.util.stream.IntStream.rangeClosed(1, entry.quantity())
        .mapToObj(number ->
            new DynoView(
                UUID.nameUUIDFromBytes(
                    (entry.id() + "" + number).getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                new DynoName(entry.type(), number),
                entry.size(),
                "npm start",
                release.id(),
                release.version(),
                "up",
                release.createdAt(),
                release.createdAt()));
  }

  private Release add(
      App app, String description, @Nullable Slug slug, ConfigVars config, AccountId by) {
    var release =
        store.inTransaction(db ->
            releases.add(db, app.id(), description, ReleaseStatus.SUCCEEDED, slug, config, by));
    logs.act(app.id(), description + " by someone");
    return release;
  }

  private void end(Build build, BuildStatus status, @Nullable Release release) {
    var slug = release == null ? null : release.slugOrNull();
    keep(
        new Build(
            build.id(),
            build.app(),
            build.commit(),
            status,
            build.createdBy(),
            slug == null ? null : slug.id(),
            release == null ? null : release.id(),
            build.outputKey(),
            build.createdAt(),
            Instant.now()));
  }

  private Build keep(Build build) {
    builds.put(build.id(), build);
    return build;
  }

  private void append(Build build, String line) {
    try {
      Files.createDirectories(outputs);
      Files.writeString(
          output(build), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> files(Path directory) {
    try (var paths = Files.walk(directory)) {
      return paths
          .filter(path -> !Files.isDirectory(path))
          .map(path ->
              directory.relativize(path)
                  + (Files.isExecutable(path) && !Files.isSymbolicLink(path) ? modeMark(path) : ""))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String modeMark(Path path) {
    try {
      return Files.getPosixFilePermissions(path)
              .contains(java.nio.file.attribute.PosixFilePermission.OWNER_EXECUTE)
          ? "*"
          : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(1500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
