package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two processes at once: the second is told, and can try again once the first has ended.
class MachineLockTest {
  @TempDir Path directory;

  @Test
  void theSecondProcessIsRefusedUntilTheFirstHasEnded() throws Exception {
    var file = directory.resolve("lock");
    var holder = holder(file);
    try {
      assertEquals("taken", holder.inputReader().readLine());
      var refused = assertThrows(UserError.class, () -> MachineLock.take(file));
      assertEquals(ErrorCode.CONFLICT, refused.problem().code());
    } finally {
      holder.destroyForcibly().waitFor();
    }
    MachineLock.take(file).close();
  }

  private static Process holder(Path file) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            file.toString())
        .start();
  }

  /// Takes the lock and keeps it.
  static final class Holder {
    private Holder() {}

    @SuppressWarnings("try") // the lock is all that it is about
    static void main(String[] arguments) throws InterruptedException {
      try (var _ = MachineLock.take(Path.of(arguments[0]))) {
        System.out.println("taken");
        Thread.sleep(60_000);
      }
    }
  }
}
