package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.Images;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// The image that every other one stands on: Debian 13, pulled where Docker Hub answers and made
/// from Debian's mirror otherwise.
final class BaseImage {
  private static final String REPOSITORY = "debian";
  private static final String TAG = "trixie-slim";
  private static final Duration PULL_PATIENCE = Duration.ofSeconds(20);

  private final Images images;
  private final Ledger ledger;
  private final Packages packages;

  BaseImage(Images images, Ledger ledger, Packages packages) {
    this.images = images;
    this.ledger = ledger;
    this.packages = packages;
  }

  static String name() {
    return REPOSITORY + ":" + TAG;
  }

  String ensure(Consumer<String> detail) {
    if (images.find(name()).isPresent()) {
      return name() + ", there already";
    }
    detail.accept("asking Docker Hub for " + name());
    if (pulls()) {
      ledger.add(Ledger.Entry.BASE_IMAGE);
      return name() + ", pulled";
    }
    packages.install(List.of("mmdebstrap"), detail);
    make(detail);
    ledger.add(Ledger.Entry.BASE_IMAGE);
    return name() + ", made from Debian's mirror";
  }

  private boolean pulls() {
    var pull = CompletableFuture.runAsync(() -> images.pull(REPOSITORY, TAG));
    try {
      pull.get(PULL_PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return true;
    } catch (ExecutionException | TimeoutException unreachable) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void make(Consumer<String> detail) {
    detail.accept("making it from Debian's mirror");
    var log = Home.LOGS.resolve("base-image.log");
    try {
      Files.createDirectories(Home.LOGS);
      var process = new ProcessBuilder(command()).redirectError(log.toFile()).start();
      images.importRoot(REPOSITORY, TAG, process.getInputStream());
      if (process.waitFor() != 0) {
        images.remove(name(), true);
        throw new UserError(
            new Problem(
                ErrorCode.UNAVAILABLE,
                "The base image could not be made",
                "mmdebstrap ended with an error; " + log + " says more",
                "Check that this machine reaches Debian's mirror, then `./slipway up` again."));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the base image was made", e);
    }
  }

  /// Without a mirror of this host's own, mmdebstrap takes Debian's.
  private static List<String> command() {
    var command =
        new ArrayList<>(
            List.of("mmdebstrap", "--variant=minbase", "--include=ca-certificates", "trixie", "-"));
    DebianMirror.ofThisHost().ifPresent(mirror -> command.add(mirror.toString()));
    return command;
  }
}
