package dev.slipway.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What each command of the stock client came to in this run of the tests, one line a try, in a
/// file that outlives the process: unit and integration tests run in several.
public final class HerokuCommands {
  private static final Path FILE = Path.of("target", "heroku-commands.tsv");

  private HerokuCommands() {}

  /// Notes a try.
  ///
  /// @param why why it can't pass, or empty
  public static synchronized void record(String command, boolean passed, String why) {
    try {
      Files.createDirectories(FILE.getParent());
      Files.writeString(
          FILE,
          command + "\t" + (passed ? "passed" : "failed") + "\t" + why + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
