package dev.slipway.build;

import dev.slipway.build.BuildOutcome.Built;
import dev.slipway.build.BuildOutcome.Failed;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.ProcessType;
import dev.slipway.core.Redaction;
import dev.slipway.core.UserError;
import dev.slipway.engine.Containers;
import dev.slipway.image.Credential;
import dev.slipway.image.ImageReference;
import dev.slipway.image.ImageServer;
import dev.slipway.image.ImageServerException;
import dev.slipway.image.ImageWriters;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;

/// Makes images from sources: finds out how, has the builder's container do it, and asks the image
/// server what came of it. Builds beyond those that may run at once wait their turn. Thread-safe.
public final class Builder {
  /// BuildKit's own argument: a space of names for cache mounts.
  private static final String CACHES = "BUILDKIT_CACHE_MOUNT_NS";

  private final BuilderSettings settings;
  private final BuilderShell shell;
  private final ImageServer images;
  private final Credential credential;
  private final Detection detection;
  private final Semaphore turns;
  private final ImageWriters writers;

  /// Builds in the settings' container and pushes with the credential.
  public Builder(
      BuilderSettings settings,
      Containers containers,
      ImageServer images,
      Credential credential,
      ImageWriters writers) {
    this.writers = writers;
    this.settings = settings;
    this.images = images;
    this.credential = credential;
    this.shell = new BuilderShell(containers, settings.container());
    this.detection = Detection.of(new NodeVersions(shell::nodeVersions));
    this.turns = new Semaphore(settings.parallel(), true);
  }

  /// Makes the images that the request's source asks for. Blocks until that is done.
  ///
  /// @throws InterruptedException when the calling thread is interrupted; the build is cancelled
  public BuildOutcome build(BuildRequest request, BuildLog log) throws InterruptedException {
    var redaction = Redaction.of(request.configVars().values());
    BuildLog safe = line -> log.line(redaction.apply(line));
    waitForTurn(safe);
    try (var _ = writers.begin()) {
      return run(request, safe);
    } catch (UserError e) {
      return failed(redacted(e.problem(), redaction), safe);
    } finally {
      turns.release();
    }
  }

  /// Gives the builder an image to build on, such as the shared base where Docker Hub does not
  /// answer, as `docker save` writes it. Kept until the builder's volume goes.
  ///
  /// @throws UserError when the builder does not take it
  public void load(InputStream image) {
    var said = new StringBuilder();
    var status = shell.run(List.of("docker", "load", "--quiet"), image, said::append);
    if (status != 0) {
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE, "The builder does not take the image", said.toString(), null));
    }
  }

  private void waitForTurn(BuildLog log) throws InterruptedException {
    if (!turns.tryAcquire()) {
      log.step("Waiting for other builds to end");
      turns.acquire();
    }
  }

  private BuildOutcome run(BuildRequest request, BuildLog log) throws InterruptedException {
    var plan = detection.plan(new Sources(request.source().directory()));
    log.step(plan.notes().getFirst());
    plan.notes().stream().skip(1).forEach(log::detail);
    var repository = request.app().toString();
    var input =
        new BuildInput(
            request.source().directory(),
            withArguments(plan, request),
            SecretFile.of(request.configVars()),
            EngineSettings.of(settings.registry(), credential),
            image -> settings.registry() + "/" + repository + ":" + tag(request, image));
    var run = new BuildRun(shell, settings.timeLimit(), request.buildId(), log);
    var problem = run.toEnd(input);
    if (problem.isPresent()) {
      return failed(problem.get(), log);
    }
    var pushed = new HashMap<String, ImageReference>();
    for (var image : plan.images()) {
      pushed.put(image.name(), pushed(repository, tag(request, image.name())));
    }
    return built(plan, pushed, log);
  }

  /// The version where the source does not set it itself, and a space of the app's own for cache
  /// mounts: whatever another app's Dockerfile names, it is not this one's cache.
  private static BuildPlan withArguments(BuildPlan plan, BuildRequest request) {
    var version = Map.of("SOURCE_VERSION", request.source().commit());
    var caches = Map.of(CACHES, request.app().toString());
    var images =
        plan.images().stream()
            .map(image -> image.withDefaults(version).withArguments(caches))
            .toList();
    return new BuildPlan(plan.language(), plan.notes(), images, plan.processes());
  }

  private static String tag(BuildRequest request, String image) {
    return image.equals("app") ? request.buildId() : request.buildId() + "-" + image;
  }

  private ImageReference pushed(String repository, String tag) {
    try {
      return images.find(repository, tag).orElseThrow(() -> lost("it does not know " + tag));
    } catch (ImageServerException e) {
      throw lost(String.valueOf(e.getMessage()));
    }
  }

  private static UserError lost(String why) {
    return new UserError(
        new Problem(ErrorCode.UNAVAILABLE, "The image server lost the image", why, "Push again"));
  }

  private static Built built(BuildPlan plan, Map<String, ImageReference> pushed, BuildLog log) {
    SortedMap<ProcessType, ProcessImage> processes = new TreeMap<>();
    plan.processes()
        .forEach((type, process) -> {
          var image = pushed.get(process.image());
          if (image == null) {
            throw new IllegalStateException("no such image in the plan: " + process.image());
          }
          processes.put(type, new ProcessImage(image, process.command()));
        });
    log.step("Discovering process types");
    log.detail("Process types: " + String.join(", ", names(processes)));
    return new Built(processes, plan.language());
  }

  private static List<String> names(SortedMap<ProcessType, ProcessImage> processes) {
    return processes.keySet().stream().map(ProcessType::value).toList();
  }

  private static Failed failed(Problem problem, BuildLog log) {
    log.alert(problem.what() + (problem.why() == null ? "" : ": " + problem.why()));
    if (problem.hint() != null) {
      log.alert(problem.hint());
    }
    return new Failed(problem);
  }

  private static Problem redacted(Problem problem, Redaction redaction) {
    var why = problem.why();
    return new Problem(
        problem.code(),
        redaction.apply(problem.what()),
        why == null ? null : redaction.apply(why),
        problem.hint());
  }
}
