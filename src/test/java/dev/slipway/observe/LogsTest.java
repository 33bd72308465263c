package dev.slipway.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.slipway.core.AppId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is kept of an app's log, in which order, and for how long.
@Timeout(20)
class LogsTest {
  private static final Instant TIME = Instant.parse("2026-11-23T12:00:00Z");

  /// Longer than between two flushes.
  private static final Duration FLUSHED = Duration.ofMillis(600);

  @TempDir Path directory;
  private final AppId app = AppId.random();

  @Test
  void linesComeBackInTheOrderInWhichTheyWereWritten() {
    try (var logs = logs()) {
      logs.add(app, TIME.plusSeconds(2), LogLine.APP, "web.1", "second");
      logs.add(app, TIME.plusSeconds(1), LogLine.APP, "web.2", "first");
      assertEquals(List.of("first", "second"), texts(logs, LogFilter.ALL));
    }
  }

  @Test
  void theLast1500LinesAreKeptAcrossARestart() {
    try (var logs = logs()) {
      for (var number = 1; number <= 10_000; number++) {
        logs.add(app, TIME.plusMillis(number), LogLine.APP, "web.1", "line " + number);
        if (number % 1000 == 0) {
          pauseForTheFlush();
        }
      }
    }
    try (var again = logs()) {
      var kept = texts(again, LogFilter.ALL);
      assertEquals(AppLog.KEPT, kept.size());
      assertEquals("line 10000", kept.getLast());
    }
  }

  @Test
  void aDiskThatCantBeWrittenCostsNoLine() throws Exception {
    try (var logs = logs()) {
      logs.add(app, TIME, LogLine.APP, "web.1", "before");
      Thread.sleep(FLUSHED.toMillis());
      var elsewhere = directory.resolveSibling(directory.getFileName() + "-elsewhere");
      Files.move(directory, elsewhere);
      logs.add(app, TIME.plusSeconds(1), LogLine.APP, "web.1", "meanwhile");
      Thread.sleep(FLUSHED.toMillis());
      assertEquals(List.of("before", "meanwhile"), texts(logs, LogFilter.ALL));
      Files.move(elsewhere, directory);
      logs.add(app, TIME.plusSeconds(2), LogLine.APP, "web.1", "after");
    }
    try (var again = logs()) {
      assertEquals(List.of("before", "meanwhile", "after"), texts(again, LogFilter.ALL));
    }
  }

  @Test
  void aReaderChoosesByDynoTypeAndSource() {
    try (var logs = logs()) {
      logs.add(app, TIME, LogLine.APP, "web.1", "one");
      logs.add(app, TIME, LogLine.APP, "worker.1", "two");
      logs.add(app, TIME, LogLine.PLATFORM, "web.2", "three");
      assertEquals(List.of("one", "three"), texts(logs, new LogFilter("web", null)));
      assertEquals(List.of("one"), texts(logs, new LogFilter("web", LogLine.APP)));
    }
  }

  @Test
  void whoeverFollowsGetsKeptLinesAndNewOnesOnceEach() throws Exception {
    try (var logs = logs()) {
      logs.add(app, TIME, LogLine.APP, "web.1", "kept");
      var seen = new CopyOnWriteArrayList<String>();
      var both = new CountDownLatch(2);
      try (var _ =
          logs.follow(
              app,
              LogFilter.ALL,
              0,
              line -> {
                seen.add(line.text());
                both.countDown();
              })) {
        logs.add(app, TIME, LogLine.APP, "web.1", "new");
        both.await();
      }
      assertEquals(List.of("kept", "new"), seen);
    }
  }

  @Test
  void ofAForgottenAppNothingIsKeptHoweverLateItComes() {
    try (var logs = logs()) {
      logs.add(app, TIME, LogLine.APP, "web.1", "alive");
      logs.delete(app);
      logs.add(app, TIME, LogLine.APP, "web.1", "last words");
    }
    assertFalse(Files.exists(directory.resolve(app + ".log")));
  }

  private Logs logs() {
    return new Logs(directory, Clock.systemUTC());
  }

  private List<String> texts(Logs logs, LogFilter filter) {
    return logs.recent(app, filter, AppLog.KEPT).stream().map(LogLine::text).toList();
  }

  private static void pauseForTheFlush() {
    try {
      Thread.sleep(30);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
