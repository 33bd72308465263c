package dev.slipway.api;

import dev.slipway.apps.App;
import dev.slipway.core.AccountId;
import dev.slipway.core.UserError;
import dev.slipway.deploy.Build;
import dev.slipway.source.GitRepositories;
import dev.slipway.source.SourceTree;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/// Builds tarballs in the background: fetches, unpacks, deploys. Thread-safe.
final class TarballBuilds {
  private static final Logger LOG = System.getLogger(TarballBuilds.class.getName());

  private final Operations operations;
  private final TarballFetch tarballs;
  private final Path directory;

  /// @param directory where source code is unpacked, one directory a build
  TarballBuilds(Operations operations, TarballFetch tarballs, Path directory) {
    this.operations = operations;
    this.tarballs = tarballs;
    this.directory = directory;
  }

  /// Starts a build and returns.
  Build start(App app, TarballSource source, AccountId by) {
    var build = operations.startBuild(app, source.version(), by);
    Thread.ofVirtual().name("build-" + build.id()).start(() -> run(app, source, by, build));
    return build;
  }

  private void run(App app, TarballSource source, AccountId by, Build build) {
    var home = directory.resolve(build.id().toString());
    try {
      var tree = fetch(source, build, home.resolve("source"));
      if (tree.isPresent()) {
        operations.deploy(app, tree.get(), by, build, line -> {});
      }
    } catch (UserError e) {
      LOG.log(Level.DEBUG, "build " + build.id() + " failed; its output says why", e);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "build " + build.id() + " failed", e);
    } finally {
      GitRepositories.deleteTree(home);
    }
  }

  /// The source on disk, or nothing and a failed build.
  private Optional<SourceTree> fetch(TarballSource source, Build build, Path target) {
    try {
      return Optional.of(tarballs.unpack(source, target));
    } catch (UserError e) {
      operations.failBuild(build, e.problem().sentence());
    } catch (IOException | RuntimeException e) {
      var id = UUID.randomUUID();
      LOG.log(Level.ERROR, "build " + build.id() + " failed, error " + id, e);
      operations.failBuild(build, "Internal error " + id + "; control's log says more.");
    }
    return Optional.empty();
  }
}
