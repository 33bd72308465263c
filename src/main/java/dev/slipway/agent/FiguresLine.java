package dev.slipway.agent;

import dev.slipway.engine.HostFigures;
import java.io.IOException;
import java.util.Locale;

/// A host's figures as one line.
final class FiguresLine {
  private static final int COUNT = 6;

  private FiguresLine() {}

  static String of(HostFigures figures) {
    return String.format(
        Locale.ROOT,
        "%.3f %d %d %d %d %.2f",
        figures.cpu(),
        figures.memoryUsed(),
        figures.memoryTotal(),
        figures.diskUsed(),
        figures.diskTotal(),
        figures.load());
  }

  static HostFigures read(String line) throws IOException {
    var words = line.split(" ", -1);
    if (words.length != COUNT) {
      throw new IOException("no figures: " + line);
    }
    try {
      return new HostFigures(
          Double.parseDouble(words[0]),
          Long.parseLong(words[1]),
          Long.parseLong(words[2]),
          Long.parseLong(words[3]),
          Long.parseLong(words[4]),
          Double.parseDouble(words[5]));
    } catch (NumberFormatException e) {
      throw new IOException("no figures: " + line, e);
    }
  }
}
