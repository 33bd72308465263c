package dev.slipway.server;

import dev.slipway.apps.App;
import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.deploy.ImageReleases;
import dev.slipway.deploy.PushedImages;
import dev.slipway.engine.BuildFailed;
import dev.slipway.engine.DockerException;
import dev.slipway.engine.Images;
import dev.slipway.image.ImageReference;
import dev.slipway.image.ImageWriters;
import dev.slipway.release.Release;
import dev.slipway.release.ReleaseStatus;
import dev.slipway.rollout.Receipts;
import dev.slipway.rollout.RolloutRecord;
import dev.slipway.rollout.StepObserver;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One deploy where control does not run: by the same steps, under the same fence, on the state
/// that control finds when it is back. It tells on the standard output how it goes. Broken off, it
/// is gone on with by control, or by the next one of these.
public final class DirectDeploy {
  private static final Duration PATIENCE = Duration.ofSeconds(45);
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final String TAG = "direct";
  private static final Pattern VERSION = Pattern.compile("v[1-9][0-9]*");

  private final RolloutServices services;
  private final App app;

  private DirectDeploy(RolloutServices services, App app) {
    this.services = services;
    this.app = app;
  }

  /// Deploys, and returns when the old dynos are gone.
  ///
  /// @param name the app's
  /// @param what an image of this host, by name or id, or the version of a release, such as `v12`
  /// @throws UserError where that can't be deployed, does not come up, or somebody else works on
  ///   the state; the app is as it was
  public static void run(String name, String what) throws InterruptedException {
    var steps = new StepLines();
    say("Taking over the state...");
    try (var services = open(steps)) {
      var app = services.apps.get(name);
      steps.app = app.id();
      services.start();
      try {
        new DirectDeploy(services, app).deploy(what);
      } finally {
        services.resign();
      }
    }
  }

  /// Says at which step the app's rollouts are.
  private static final class StepLines implements StepObserver {
    private final long start = System.nanoTime();
    private volatile @Nullable AppId app;

    @Override
    public void entered(RolloutRecord rollout) {
      if (rollout.app().equals(app)) {
        var seconds = (System.nanoTime() - start) / 1e9;
        say("%6.1f s  %s".formatted(seconds, rollout.step().label()));
      }
    }
  }

  private static void say(String line) {
    System.out.println(line);
  }

  /// What waits for the managers can't be broken off; the process ends with it.
  private static RolloutServices open(StepObserver steps) throws InterruptedException {
    var settings = ServerSettings.of(System.getenv());
    var opening =
        new FutureTask<>(
            () -> new RolloutServices(HomeLock.await(settings.home()), settings, steps));
    Thread.startVirtualThread(opening);
    try {
      return opening.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new UserError(
          new Problem(
              ErrorCode.CONFLICT,
              "Nothing was changed",
              settings.journalled()
                  ? "another manager's control runs, or the managers have no quorum"
                  : "another process works on " + settings.home(),
              settings.journalled() ? "./slipway hosts shows which are up" : "./slipway status"));
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private void deploy(String what) throws InterruptedException {
    var release = release(what);
    say("Release " + release.version() + " of " + app.name() + ": " + release.description());
    while (!services.rollouts.isOver(release.id())) {
      Thread.sleep(PAUSE);
    }
    requireLive(release);
    say("Release " + release.version() + " is live.");
    new Receipts(services.store, services.clock)
        .latest(app.id())
        .filter(receipt -> receipt.release() == release.version().value())
        .ifPresent(receipt -> receipt.processes().forEach(process -> say(process.words())));
  }

  private void requireLive(Release release) {
    if (services.releases.get(release.id()).status() != ReleaseStatus.SUCCEEDED) {
      throw new UserError(
          new Problem(
              ErrorCode.FAILED,
              "Release " + release.version() + " did not go live",
              services.rollouts.problem(release.id()).orElse(null),
              null));
    }
  }

  private Release release(String what) {
    var by = services.owner.id();
    if (VERSION.matcher(what).matches()) {
      return services.changes.rollback(app, services.releases.get(app.id(), what), by);
    }
    var releases =
        new ImageReleases(
            new PushedImages(services.images, new ImageWriters()),
            services.releases,
            services.changes,
            services.clock);
    return releases.release(app, bring(what), what, by);
  }

  private ImageReference bring(String image) {
    var here = new Images(services.docker);
    if (here.find(image).isEmpty()) {
      throw new UserError(
          new Problem(
              ErrorCode.NOT_FOUND,
              "There is no image " + image + " on this machine",
              null,
              "docker build -t " + image + " . makes one; v12 deploys what release v12 had"));
    }
    say("Sending " + image + " to the image server...");
    try {
      return here.push(image, PushedImages.repository(app), TAG, services.registry.password());
    } catch (BuildFailed | DockerException e) {
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              "The image server did not take " + image,
              e.getMessage(),
              "./slipway status; an earlier release, such as v12, needs no image server"),
          e);
    }
  }
}
