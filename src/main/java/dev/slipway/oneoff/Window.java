package dev.slipway.oneoff;

import dev.slipway.engine.TerminalSize;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The size of a client's window, as two variables of an environment tell it.
final class Window {
  private static final String COLUMNS = "COLUMNS";
  private static final String ROWS = "LINES";
  private static final int USUAL_COLUMNS = 80;
  private static final int USUAL_ROWS = 24;

  private Window() {}

  /// Whether both variables are there, and numbers that a window can have.
  static boolean isIn(Map<String, String> environment) {
    return isNumber(environment.get(COLUMNS)) && isNumber(environment.get(ROWS));
  }

  /// The size that is told; the usual one where there is none.
  static TerminalSize of(Map<String, String> environment) {
    return new TerminalSize(
        number(environment.get(COLUMNS), USUAL_COLUMNS), number(environment.get(ROWS), USUAL_ROWS));
  }

  /// The other variables.
  static SortedMap<String, String> without(Map<String, String> environment) {
    var others = new TreeMap<>(environment);
    others.remove(COLUMNS);
    others.remove(ROWS);
    return others;
  }

  private static int number(@Nullable String text, int otherwise) {
    return text != null && isNumber(text) ? Integer.parseInt(text) : otherwise;
  }

  private static boolean isNumber(@Nullable String text) {
    return text != null && text.matches("[1-9][0-9]{0,3}");
  }
}
