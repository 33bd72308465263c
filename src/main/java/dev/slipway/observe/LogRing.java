package dev.slipway.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The newest lines of a log, found by their sequence, which rises from line to line. Not
/// thread-safe.
final class LogRing {
  /// However few the lines, their text must not fill the memory.
  private static final long MOST_CHARACTERS = 4 * 1024 * 1024;

  private LogLine[] lines = new LogLine[64];
  private int first;
  private int size;
  private long characters;

  int size() {
    return size;
  }

  /// The sequence of the oldest line, or 0.
  long oldest() {
    return size == 0 ? 0 : get(0).sequence();
  }

  /// The sequence of the newest line, or 0.
  long newest() {
    return size == 0 ? 0 : get(size - 1).sequence();
  }

  void add(LogLine line) {
    if (size == lines.length) {
      grow();
    }
    lines[(first + size++) % lines.length] = line;
    characters += line.text().length();
  }

  /// Drops the oldest lines until so many are left, and no more text than the memory is for.
  @SuppressWarnings("NullAway") // A slot without a line is never read.
  void trim(int most) {
    while (size > most || (characters > MOST_CHARACTERS && size > 1)) {
      characters -= get(0).text().length();
      lines[first] = null;
      first = (first + 1) % lines.length;
      size--;
    }
  }

  /// The oldest lines after the sequence, so many at the most.
  List<LogLine> after(long sequence, int most) {
    var found = new ArrayList<LogLine>();
    for (var i = indexAfter(sequence); i < size && found.size() < most; i++) {
      found.add(get(i));
    }
    return found;
  }

  Stream<LogLine> stream() {
    return java.util.stream.IntStream.range(0, size).mapToObj(this::get);
  }

  private int indexAfter(long sequence) {
    var low = 0;
    var high = size;
    while (low < high) {
      var middle = (low + high) >>> 1;
      if (get(middle).sequence() > sequence) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private LogLine get(int index) {
    return lines[(first + index) % lines.length];
  }

  private void grow() {
    var larger = new LogLine[lines.length * 2];
    for (var i = 0; i < size; i++) {
      larger[i] = get(i);
    }
    lines = larger;
    first = 0;
  }
}
