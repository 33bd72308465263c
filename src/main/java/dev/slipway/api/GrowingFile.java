package dev.slipway.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/// Sends what has been written to a file, and goes on for as long as more may come.
final class GrowingFile {
  private static final long LOOK_AGAIN_MILLISECONDS = 100;

  private GrowingFile() {}

  static void stream(Path file, BooleanSupplier grows, OutputStream out)
      throws IOException, InterruptedException {
    while (!Files.exists(file) && grows.getAsBoolean()) {
      Thread.sleep(LOOK_AGAIN_MILLISECONDS);
    }
    if (!Files.exists(file)) {
      return;
    }
    try (var in = Files.newInputStream(file)) {
      while (grows.getAsBoolean()) {
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
