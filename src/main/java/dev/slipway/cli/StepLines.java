package dev.slipway.cli;

import dev.slipway.install.Progress;
import java.time.Duration;

/// Shows a set-up as one line per step. On a terminal, details pass by on the line of the step that
/// runs.
final class StepLines implements Progress {
  private static final int WIDTH = 78;

  private final Terminal terminal;
  private String title = "";
  private String head = "";

  StepLines(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public synchronized void begins(int number, int steps, String stepTitle) {
    title = stepTitle;
    head = "[%2d/%d] %-15s".formatted(number, steps, stepTitle);
    passing("");
  }

  @Override
  public synchronized void detail(String line) {
    passing(line);
  }

  @Override
  public synchronized void done(String note, Duration took) {
    clear();
    var seconds = "%6.1f s".formatted(took.toMillis() / 1000.0);
    terminal.out().println(head + " " + terminal.faint(seconds) + "  " + note);
  }

  @Override
  public synchronized void failed() {
    clear();
    terminal.out().println(terminal.red(head + " failed"));
  }

  private void passing(String line) {
    if (terminal.live()) {
      clear();
      var text = head + " " + line.replaceAll("\\p{Cntrl}", " ");
      terminal.out().print(text.length() > WIDTH ? text.substring(0, WIDTH) : text);
      terminal.out().flush();
    } else if (line.isEmpty() && title.isEmpty()) {
      terminal.out().flush();
    }
  }

  private void clear() {
    if (terminal.live()) {
      terminal.out().print("\r\u001b[K");
    }
  }
}
