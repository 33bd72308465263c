package dev.slipway.install;

import java.time.Duration;

/// Is told how a set-up goes on; the command shows it.
public interface Progress {
  /// A step begins.
  ///
  /// @param number from 1
  void begins(int number, int steps, String title);

  /// Something to look at while the step takes its time. May come from any thread.
  void detail(String line);

  /// The step is done.
  ///
  /// @param note what came of it, in a few words
  void done(String note, Duration took);

  /// The step failed; the reason follows as an exception.
  void failed();
}
