package dev.slipway.rollout;

import dev.slipway.apps.App;
import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ProcessType;
import dev.slipway.core.ServiceName;
import dev.slipway.engine.DynoSpec;
import dev.slipway.engine.Engine;
import dev.slipway.observe.Logs;
import dev.slipway.release.Release;
import dev.slipway.release.Releases;
import dev.slipway.release.SlugProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/// Runs a command once in an app's live release, as `app.json` asks for after the first deploy. The
/// dyno is not swept up while it runs. Thread-safe.
public final class PostDeploy {
  /// The type of its dynos.
  public static final ProcessType TYPE = new ProcessType("postdeploy");

  private static final DynoName DYNO = new DynoName(TYPE, 1);
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final int LONGEST_OUTPUT = 64 * 1024;

  private final Engine engine;
  private final Logs logs;
  private final Releases releases;

  /// Runs commands on the engine.
  public PostDeploy(Engine engine, Logs logs, Releases releases) {
    this.engine = engine;
    this.logs = logs;
    this.releases = releases;
  }

  /// How a command ended.
  ///
  /// @param output what it wrote, the last 64 KiB of it
  public record Ended(String output, int exitCode) {}

  /// Runs the command to its end.
  ///
  /// @return how it ended; nothing when it took over an hour
  public Optional<Ended> run(App app, String command) throws InterruptedException {
    try {
      var ended = new RunOnce(engine, logs, app, spec(app, command)).run();
      return ended.map(how -> new Ended(output(app), how.exitCode()));
    } finally {
      remove(app);
    }
  }

  /// Removes what an earlier process of control left running.
  public void remove(App app) {
    engine.stop(service(app));
  }

  private DynoSpec spec(App app, String command) {
    var release = releases.live(app.id());
    return new DynoSpec(
        service(app),
        app.id(),
        DYNO,
        process(release).image(),
        command,
        DynoEnvironment.of(app, release, DYNO, UUID.randomUUID()),
        DynoSize.STANDARD_1X,
        GRACE);
  }

  private static SlugProcess process(Release release) {
    var processes = release.slug().orElseThrow().processes();
    var web = processes.get(ProcessType.WEB);
    return web == null ? processes.firstEntry().getValue() : web;
  }

  private static ServiceName service(App app) {
    return ServiceName.of(app.id(), DYNO, 1);
  }

  private String output(App app) {
    try {
      var text = Files.readString(logs.output(app.id(), DYNO.toString()));
      return text.substring(Math.max(0, text.length() - LONGEST_OUTPUT));
    } catch (NoSuchFileException goneWithItsApp) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
