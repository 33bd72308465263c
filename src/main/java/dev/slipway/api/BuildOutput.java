package dev.slipway.api;

import dev.slipway.deploy.BuildStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/// Sends what a build has written, and goes on until the build has ended.
final class BuildOutput {
  private static final long LOOK_AGAIN_MILLISECONDS = 100;

  private BuildOutput() {}

  static void stream(Path file, Supplier<BuildStatus> status, OutputStream out)
      throws IOException, InterruptedException {
    while (!Files.exists(file) && status.get() == BuildStatus.PENDING) {
      Thread.sleep(LOOK_AGAIN_MILLISECONDS);
    }
    if (!Files.exists(file)) {
      return;
    }
    try (var in = Files.newInputStream(file)) {
      while (status.get() == BuildStatus.PENDING) {
        send(in, out);
        Thread.sleep(LOOK_AGAIN_MILLISECONDS);
      }
      send(in, out);
    }
  }

  private static void send(InputStream in, OutputStream out) throws IOException {
    if (in.transferTo(out) > 0) {
      out.flush();
    }
  }
}
