package dev.slipway.observe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The last lines of one app, in memory and in a file that outlives control. Guarded by itself.
final class AppLog {
  /// How many lines are kept, as on Heroku.
  static final int KEPT = 1500;

  /// How many while someone reads them as they come: so far may a reader fall behind.
  static final int KEPT_FOR_READERS = 10_000;

  private static final int REWRITE_AFTER = 4;

  /// More than this is not gathered to be appended: the file is written anew from what is kept.
  private static final int MOST_UNWRITTEN = 1024 * 1024;

  private final Path file;
  private final LogRing lines = new LogRing();
  private final StringBuilder unwritten = new StringBuilder();
  private boolean fileLacksLines;
  private long nextSequence = 1;
  private int inFile;
  private int readers;

  AppLog(Path file) {
    this.file = file;
    load();
  }

  synchronized LogLine add(Instant time, String source, String dyno, String text) {
    var line = new LogLine(nextSequence++, time, source, dyno, text);
    keep(line);
    unwritten.append(LogLineText.write(line)).append('\n');
    if (unwritten.length() > MOST_UNWRITTEN) {
      unwritten.setLength(0);
      fileLacksLines = true;
    }
    notifyAll();
    return line;
  }

  /// Notes a reader, and gives the sequence after which it can begin.
  synchronized long attach(long afterSequence) {
    readers++;
    return Math.min(afterSequence, nextSequence - 1);
  }

  synchronized void detach() {
    readers--;
  }

  synchronized int readers() {
    return readers;
  }

  /// The lines after the sequence; waits for the first as long as it is told to.
  synchronized LogReader.Batch read(long after, int most, Duration wait)
      throws InterruptedException {
    var end = System.nanoTime() + wait.toNanos();
    for (var left = wait.toMillis(); lines.newest() <= after && left > 0; ) {
      wait(left);
      left = (end - System.nanoTime()) / 1_000_000;
    }
    return new LogReader.Batch(lines.after(after, most), missedAfter(after));
  }

  /// How many lines after the sequence are not kept any more.
  synchronized long missedAfter(long sequence) {
    return Math.max(0, (lines.size() == 0 ? nextSequence : lines.oldest()) - 1 - sequence);
  }

  /// The newest lines that match, in the order in which they were written.
  synchronized List<LogLine> recent(LogFilter filter, int count) {
    var matching = new ArrayList<>(lines.stream().filter(filter::matches).toList());
    matching.sort(Comparator.comparing(LogLine::time).thenComparingLong(LogLine::sequence));
    return List.copyOf(matching.subList(Math.max(0, matching.size() - count), matching.size()));
  }

  /// The sequence of the newest line, or 0.
  synchronized long newest() {
    return nextSequence - 1;
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
  ///
  /// @throws IOException when the file can't be written; the next time it is written anew
  synchronized void flush() throws IOException {
    lines.trim(limit());
    try {
      if (fileLacksLines || inFile > REWRITE_AFTER * Math.max(KEPT, lines.size())) {
        rewrite();
      } else if (!unwritten.isEmpty()) {
        Files.writeString(file, unwritten, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        inFile += (int) unwritten.chars().filter(c -> c == '\n').count();
      }
      unwritten.setLength(0);
      fileLacksLines = false;
    } catch (IOException e) {
      fileLacksLines = true;
      throw e;
    }
  }

  synchronized void delete() {
    try {
      unwritten.setLength(0);
      fileLacksLines = false;
      lines.trim(0);
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void keep(LogLine line) {
    lines.add(line);
    lines.trim(limit());
  }

  private int limit() {
    return readers > 0 ? KEPT_FOR_READERS : KEPT;
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
        LogLineText.read(text).ifPresent(lines::add);
        lines.trim(KEPT_FOR_READERS);
        inFile++;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    nextSequence = lines.newest() + 1;
  }
}
