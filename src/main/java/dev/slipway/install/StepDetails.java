package dev.slipway.install;

import java.time.Duration;
import java.util.function.Consumer;

/// Steps that are the details of one step around them.
///
/// @param detail is told what passes by
record StepDetails(Consumer<String> detail) implements Progress {
  @Override
  public void begins(int number, int steps, String title) {
    detail.accept(title);
  }

  @Override
  public void detail(String line) {
    detail.accept(line);
  }

  @Override
  public void done(String note, Duration took) {}

  @Override
  public void failed() {}
}
