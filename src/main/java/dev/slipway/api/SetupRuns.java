package dev.slipway.api;

import dev.slipway.addons.Addon;
import dev.slipway.addons.AddonRequest;
import dev.slipway.addons.AddonState;
import dev.slipway.addons.Addons;
import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.core.AccountId;
import dev.slipway.core.AppName;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.ProcessType;
import dev.slipway.core.UserError;
import dev.slipway.deploy.Build;
import dev.slipway.deploy.Quantity;
import dev.slipway.deploy.ScaleRequest;
import dev.slipway.setups.AppSetup;
import dev.slipway.setups.AppSetups;
import dev.slipway.setups.Manifest;
import dev.slipway.setups.ManifestReader;
import dev.slipway.source.GitRepositories;
import dev.slipway.source.SourceTree;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Makes apps from sources with an `app.json`: reads the file before anything is made, then makes
/// the app, and does what takes a while in the background. Thread-safe.
final class SetupRuns {
  private static final Logger LOG = System.getLogger(SetupRuns.class.getName());
  private static final Duration LONGEST_ADDON = Duration.ofMinutes(30);
  private static final int LARGEST_MANIFEST = 1024 * 1024;

  private final Operations operations;
  private final Apps apps;
  private final Addons addons;
  private final AppSetups setups;
  private final TarballFetch tarballs;
  private final Path directory;

  /// @param directory where source code is unpacked, one directory a setup
  SetupRuns(
      Operations operations,
      Apps apps,
      Addons addons,
      AppSetups setups,
      TarballFetch tarballs,
      Path directory) {
    this.operations = operations;
    this.apps = apps;
    this.addons = addons;
    this.setups = setups;
    this.tarballs = tarballs;
    this.directory = directory;
  }

  /// What someone asks for.
  ///
  /// @param name the app's, or null for one of our choice
  /// @param overrides config vars in place of what the file says
  record Request(TarballSource source, @Nullable AppName name, Map<String, String> overrides) {}

  private record Making(AppSetup setup, App app, Build build, Manifest manifest, AccountId by) {}

  /// Marks setups as failed that died with an earlier process.
  void failInterrupted() {
    for (var setup : setups.pending()) {
      setups.fail(setup, "Control was restarted meanwhile. Destroy the app and set it up again");
      apps.find(setup.app()).ifPresent(this::endPostDeploy);
    }
  }

  private void endPostDeploy(App app) {
    try {
      operations.endPostDeploy(app);
    } catch (RuntimeException engineIsAway) {
      LOG.log(Level.WARNING, "a postdeploy command of " + app.name() + " may go on", engineIsAway);
    }
  }

  /// Makes the app, and goes on in the background.
  ///
  /// @throws UserError when the source can't be fetched or its file is wrong; nothing is made then
  AppSetup start(Request request, AccountId by) {
    var home = directory.resolve("setup-" + UUID.randomUUID());
    try {
      var tree = fetch(request.source(), home.resolve("source"));
      var manifest = manifest(tree, request.overrides());
      var making = make(request, manifest, by);
      Thread.ofVirtual().name("setup-" + making.setup().id()).start(() -> run(making, tree, home));
      return making.setup();
    } catch (RuntimeException e) {
      GitRepositories.deleteTree(home);
      throw e;
    }
  }

  private SourceTree fetch(TarballSource source, Path target) {
    try {
      return tarballs.unpack(source, target);
    } catch (IOException e) {
      throw invalid("The source can't be fetched", "it broke off", "Try again", e);
    }
  }

  private Manifest manifest(SourceTree tree, Map<String, String> overrides) {
    var manifest = ManifestReader.read(text(tree.directory().resolve("app.json")), overrides);
    for (var wish : manifest.addons()) {
      addons.check(request(wish));
    }
    return manifest;
  }

  private static String text(Path file) {
    try {
      if (Files.isRegularFile(file) && Files.size(file) <= LARGEST_MANIFEST) {
        return Files.readString(file);
      }
      throw new IOException("no file, or a large one");
    } catch (IOException e) {
      throw invalid(
          "The app can't be set up",
          "its source has no app.json, or one that is not a text of 1 MB at the most",
          "heroku apps:create and git push deploy it without one",
          e);
    }
  }

  /// Makes the app with its config vars and formation, or nothing.
  private Making make(Request request, Manifest manifest, AccountId by) {
    var app = operations.create(request.name(), by);
    try {
      var config = new HashMap<String, @Nullable String>();
      manifest.config().forEach((name, value) -> config.put(name, value.reveal()));
      if (!config.isEmpty()) {
        operations.setConfig(app, config, by);
      }
      scale(app, manifest, by);
      var build = operations.startBuild(app, request.source().version(), by);
      var setup = setups.begin(app.id(), build.id(), manifest.successUrl());
      return new Making(setup, app, build, manifest, by);
    } catch (RuntimeException e) {
      operations.destroy(app);
      throw e;
    }
  }

  private void scale(App app, Manifest manifest, AccountId by) {
    apps.declare(app.id(), manifest.formation().keySet());
    var requests =
        manifest.formation().entrySet().stream()
            .filter(each -> !each.getKey().equals(ProcessType.RELEASE))
            .map(each -> scaling(each.getKey(), each.getValue()))
            .toList();
    if (!requests.isEmpty()) {
      operations.scale(app, requests, by);
    }
  }

  private static ScaleRequest scaling(ProcessType type, Manifest.Dynos dynos) {
    return new ScaleRequest(type, new Quantity.Absolute(dynos.quantity()), dynos.size());
  }

  private void run(Making making, SourceTree tree, Path home) {
    var setup = making.setup();
    try {
      provide(making);
      operations.deploy(making.app(), tree, making.by(), making.build(), line -> {});
      postDeploy(making);
      setups.succeed(setup);
    } catch (UserError e) {
      setups.fail(setup, e.problem().sentence());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "app setup " + setup.id() + " failed", e);
      setups.fail(setup, "Internal error; control's log says more");
    } finally {
      GitRepositories.deleteTree(home);
    }
  }

  private void provide(Making making) throws InterruptedException {
    try {
      for (var wish : making.manifest().addons()) {
        awaitProvisioned(addons.create(making.app(), request(wish), making.by()));
      }
    } catch (UserError e) {
      operations.failBuild(making.build(), e.problem().sentence());
      throw e;
    } catch (RuntimeException e) {
      operations.failBuild(making.build(), "Internal error; control's log says more.");
      throw e;
    }
  }

  private void awaitProvisioned(Addon made) throws InterruptedException {
    var end = System.nanoTime() + LONGEST_ADDON.toNanos();
    var addon = made;
    while (addon.state() == AddonState.PROVISIONING && System.nanoTime() < end) {
      Thread.sleep(200);
      addon = addons.find(made.id()).orElseThrow(Addons::noAddon);
    }
    if (addon.state() != AddonState.PROVISIONED) {
      throw new UserError(
          new Problem(
              ErrorCode.FAILED,
              "Add-on " + addon.service() + " can't be had",
              addon.message().isEmpty() ? "it takes too long" : addon.message(),
              null));
    }
  }

  private void postDeploy(Making making) throws InterruptedException {
    var command = making.manifest().postdeploy();
    if (command == null) {
      return;
    }
    var ended =
        operations
            .postDeploy(making.app(), command)
            .orElseThrow(
                () -> UserError.of(ErrorCode.FAILED, "The postdeploy command took over an hour."));
    setups.ran(making.setup(), new AppSetup.Postdeploy(ended.output(), ended.exitCode()));
    if (ended.exitCode() != 0) {
      throw UserError.of(
          ErrorCode.FAILED, "The postdeploy command failed with status " + ended.exitCode() + ".");
    }
  }

  private static AddonRequest request(Manifest.AddonWish wish) {
    return new AddonRequest(wish.plan(), null, wish.as(), wish.options(), null);
  }

  private static UserError invalid(String what, String why, String hint, IOException cause) {
    return new UserError(new Problem(ErrorCode.INVALID_PARAMS, what, why, hint), cause);
  }
}
