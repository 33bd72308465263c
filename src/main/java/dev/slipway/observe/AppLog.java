package dev.slipway.observe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The last lines of one app, in memory and in a file that outlives control. Guarded by itself.
final class AppLog {
  /// How many lines are kept, as on Heroku.
  static final int KEPT = 1500;

  private static final int REWRITE_AFTER = 4 * KEPT;

  private final Path file;
  private final ArrayDeque<LogLine> lines = new ArrayDeque<>();
  private final StringBuilder unwritten = new StringBuilder();
  private long nextSequence = 1;
  private int inFile;

  AppLog(Path file) {
    this.file = file;
    load();
  }

  synchronized LogLine add(Instant time, String source, String dyno, String text) {
    var line = new LogLine(nextSequence++, time, source, dyno, text);
    keep(line);
    unwritten.append(LogLineText.write(line)).append('\n');
    return line;
  }

  /// The newest lines that match, in the order in which they were written.
  synchronized List<LogLine> recent(LogFilter filter, int count) {
    var matching = new ArrayList<>(lines.stream().filter(filter::matches).toList());
    matching.sort(Comparator.comparing(LogLine::time).thenComparingLong(LogLine::sequence));
    return List.copyOf(matching.subList(Math.max(0, matching.size() - count), matching.size()));
  }

  synchronized List<LogLine> after(long sequence) {
    return lines.stream().filter(line -> line.sequence() > sequence).toList();
  }

  /// When the dyno's newest kept line was written, or the epoch.
  synchronized Instant newest(String dyno) {
    return lines.stream()
        .filter(line -> line.source().equals(LogLine.APP) && line.dyno().equals(dyno))
        .map(LogLine::time)
        .max(Comparator.naturalOrder())
        .orElse(Instant.EPOCH);
  }

  /// Writes what has come since the last time.
  synchronized void flush() {
    if (unwritten.isEmpty()) {
      return;
    }
    try {
      if (inFile > REWRITE_AFTER) {
        rewrite();
      } else {
        Files.writeString(file, unwritten, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        inFile += (int) unwritten.chars().filter(c -> c == '\n').count();
      }
      unwritten.setLength(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  synchronized void delete() {
    try {
      unwritten.setLength(0);
      lines.clear();
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void keep(LogLine line) {
    lines.addLast(line);
    if (lines.size() > KEPT) {
      lines.removeFirst();
    }
  }

  private void rewrite() throws IOException {
    var fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.write(fresh, lines.stream().map(LogLineText::write).toList());
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    inFile = lines.size();
  }

  private void load() {
    if (!Files.exists(file)) {
      return;
    }
    try (var stored = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (var text = stored.readLine(); text != null; text = stored.readLine()) {
        LogLineText.read(text).ifPresent(this::keep);
        inFile++;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!lines.isEmpty()) {
      nextSequence = lines.getLast().sequence() + 1;
    }
  }
}
