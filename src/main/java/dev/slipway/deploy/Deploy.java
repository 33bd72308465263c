package dev.slipway.deploy;

import dev.slipway.accounts.Accounts;
import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.build.BuildOutcome;
import dev.slipway.build.BuildRequest;
import dev.slipway.build.Builder;
import dev.slipway.core.AccountId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.ProcessType;
import dev.slipway.core.UserError;
import dev.slipway.observe.LogFilter;
import dev.slipway.observe.LogLine;
import dev.slipway.observe.Logs;
import dev.slipway.release.Release;
import dev.slipway.release.ReleaseStatus;
import dev.slipway.release.Releases;
import dev.slipway.release.Slug;
import dev.slipway.release.SlugProcess;
import dev.slipway.rollout.DynoSelection;
import dev.slipway.rollout.Reason;
import dev.slipway.rollout.RolloutInProgress;
import dev.slipway.rollout.RolloutOutcome;
import dev.slipway.rollout.RolloutRecord;
import dev.slipway.rollout.Rollouts;
import dev.slipway.source.SourceTree;
import dev.slipway.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/// The story of a deploy: source, build, image, release, rollout. Thread-safe.
public final class Deploy {
  private static final Duration LONGEST_ROLLOUT = Duration.ofHours(2);

  private final Store store;
  private final Apps apps;
  private final Accounts accounts;
  private final Builds builds;
  private final Builder builder;
  private final Releases releases;
  private final Rollouts rollouts;
  private final Logs logs;
  private final Clock clock;

  /// Deploys by these parts.
  public Deploy(
      Store store,
      Apps apps,
      Accounts accounts,
      Builds builds,
      Builder builder,
      Releases releases,
      Rollouts rollouts,
      Logs logs,
      Clock clock) {
    this.store = store;
    this.apps = apps;
    this.accounts = accounts;
    this.builds = builds;
    this.builder = builder;
    this.releases = releases;
    this.rollouts = rollouts;
    this.logs = logs;
    this.clock = clock;
  }

  /// Takes the source live, and returns when users get it.
  ///
  /// @param build the build that this is
  /// @param lines receives what happens, as it happens; the same is kept with the build
  /// @throws UserError when the code can't be built or does not come up; the lines say why, and the
  ///   app is as it was
  public Release deploy(
      App app, SourceTree source, AccountId by, Build build, Consumer<String> lines) {
    try (var log = BuildLogFile.open(builds.output(build), lines)) {
      try {
        var slug = slug(app, source, build, log);
        log.line("-----> Launching...");
        var release = launch(app, slug, by, build, log);
        builds.succeed(build);
        log.line("       Released " + release.version());
        log.line("       " + AppUrl.of(app.name()) + " deployed to Slipway");
        log.line("");
        log.line("Verifying deploy... done.");
        return release;
      } catch (UserError e) {
        builds.fail(build);
        log.line("");
        log.line(" !     Push failed");
        throw e;
      } catch (RuntimeException e) {
        builds.fail(build);
        log.line(" !     Internal error; control's log says more.");
        throw e;
      }
    }
  }

  private Slug slug(App app, SourceTree source, Build build, BuildLogFile log) {
    log.line("-----> Building on Slipway");
    var config = releases.current(app.id()).config();
    var request =
        new BuildRequest(build.id().toString(), app.id(), app.name(), source, config.values());
    return switch (built(request, log)) {
      case BuildOutcome.Built built -> keep(app, source, built);
      case BuildOutcome.Failed failed -> throw new UserError(failed.problem());
    };
  }

  private BuildOutcome built(BuildRequest request, BuildLogFile log) {
    try {
      return builder.build(request, log::line);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw UserError.of(ErrorCode.UNAVAILABLE, "Control is stopping. Push again in a moment.");
    }
  }

  private Slug keep(App app, SourceTree source, BuildOutcome.Built built) {
    var processes = new TreeMap<ProcessType, SlugProcess>();
    built
        .processes()
        .forEach((type, process) ->
            processes.put(type, new SlugProcess(process.image(), process.command())));
    return releases.addSlug(
        new Slug(
            UUID.randomUUID(),
            app.id(),
            source.commit(),
            built.language(),
            processes,
            Instant.now(clock).truncatedTo(ChronoUnit.SECONDS)));
  }

  private Release launch(App app, Slug slug, AccountId by, Build build, BuildLogFile log) {
    apps.declare(app.id(), slug.processes().keySet());
    var rollout = store.inTransaction(db -> release(app, slug, by, build, db));
    var release = releases.get(rollout.release());
    logs.act(app.id(), "Deploy " + shortCommit(slug) + " by user " + accounts.get(by).email());
    try (var _ = phaseLines(app, slug, release, log)) {
      return switch (await(rollouts.begin(rollout))) {
        case RolloutOutcome.Live() -> releases.get(release.id());
        case RolloutOutcome.Failed(var problem) -> throw notLive(release, problem, log);
      };
    }
  }

  private static UserError notLive(Release release, String problem, BuildLogFile log) {
    var what = "Release " + release.version() + " did not go live";
    log.line(" !     " + what + ".");
    problem.lines().forEach(line -> log.line(" !     " + line));
    return new UserError(new Problem(ErrorCode.FAILED, what, problem, null));
  }

  private RolloutRecord release(App app, Slug slug, AccountId by, Build build, Handle db) {
    var config = releases.current(db, app.id()).config();
    var release =
        releases.add(
            db, app.id(), "Deploy " + shortCommit(slug), ReleaseStatus.PENDING, slug, config, by);
    builds.lead(db, build, release);
    return rollouts.add(db, app, release, Reason.RELEASE, new DynoSelection.All());
  }

  /// Shows what the release phase writes, as long as the result is open.
  private AutoCloseableQuietly phaseLines(App app, Slug slug, Release release, BuildLogFile log) {
    if (!slug.processes().containsKey(ProcessType.RELEASE)) {
      return () -> {};
    }
    log.line(
        " !     Release command declared: this new release will not be available until the"
            + " command succeeds.");
    log.line("Running release command...");
    var filter = new LogFilter("release." + release.version().value(), LogLine.APP);
    var newest =
        logs.recent(app.id(), LogFilter.ALL, 1).stream().mapToLong(LogLine::sequence).sum();
    var following =
        logs.follow(app.id(), filter, newest, line -> log.line("       " + line.text()));
    return following::close;
  }

  private interface AutoCloseableQuietly extends AutoCloseable {
    @Override
    void close();
  }

  private static RolloutOutcome await(RolloutInProgress rollout) {
    try {
      return rollout.await(LONGEST_ROLLOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new RolloutOutcome.Failed("control is stopping; the rollout goes on when it is back");
    }
  }

  private static String shortCommit(Slug slug) {
    return slug.commit().substring(0, Math.min(8, slug.commit().length()));
  }
}
