package dev.slipway.source;

import dev.slipway.core.AppId;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.eclipse.jgit.lib.ConfigConstants;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.storage.file.WindowCacheConfig;

/// The bare repository of each app, `<app id>.git` below one directory, made at the first use.
/// Thread-safe.
public final class GitRepositories {
  private static final int MEGABYTE = 1024 * 1024;

  private final Path home;

  /// Repositories below that directory.
  public GitRepositories(Path home) {
    this.home = home;
    keepMemorySmall();
  }

  /// Forgets an app's code and history; fine where there is none.
  public void delete(AppId app) {
    deleteTree(directory(app).toPath());
  }

  Repository open(AppId app) throws IOException {
    synchronized (this) {
      var repository =
          new FileRepositoryBuilder()
              .setGitDir(directory(app))
              .setBare()
              .setMustExist(false)
              .build();
      if (!repository.getObjectDatabase().exists()) {
        repository.create(true);
        var config = repository.getConfig();
        config.setBoolean("http", null, "receivepack", true);
        config.setString(
            ConfigConstants.CONFIG_CORE_SECTION,
            null,
            ConfigConstants.CONFIG_KEY_LOGALLREFUPDATES,
            "false");
        config.save();
        repository.updateRef(Constants.HEAD).link(Constants.R_HEADS + "main");
      }
      return repository;
    }
  }

  /// Removes a directory with all that is in it; fine where there is none. Links are removed, not
  /// followed.
  public static void deleteTree(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (var paths = Files.walk(directory)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private File directory(AppId app) {
    return home.resolve(app + ".git").toFile();
  }

  /// Objects above 1 MB are streamed from disk, so that a push of hundreds of megabytes fits into
  /// control's small heap.
  private static void keepMemorySmall() {
    var cache = new WindowCacheConfig();
    cache.setStreamFileThreshold(MEGABYTE);
    cache.setPackedGitLimit(4 * MEGABYTE);
    cache.setDeltaBaseCacheLimit(2 * MEGABYTE);
    cache.install();
  }
}
