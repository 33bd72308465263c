package dev.slipway.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/// Asks apps a hundred times a second who they are, while addresses change hands: an answer of 200
/// may come from no other app. Connections that break are no matter here.
final class AnswerWatch implements AutoCloseable {
  private static final Duration EACH = Duration.ofMillis(10);

  private final Set<String> wrong = new ConcurrentSkipListSet<>();
  private final List<Thread> threads;
  private volatile boolean goesOn = true;

  private AnswerWatch(FaultApp... apps) {
    threads = Arrays.stream(apps).map(app -> Thread.ofVirtual().start(() -> watch(app))).toList();
  }

  static AnswerWatch on(FaultApp... apps) {
    return new AnswerWatch(apps);
  }

  /// Ends the watch.
  void assertNoneWasWrong() {
    close();
    assertEquals(Set.of(), wrong);
  }

  @Override
  public void close() {
    goesOn = false;
    threads.forEach(AnswerWatch::join);
  }

  private void watch(FaultApp app) {
    while (goesOn) {
      try {
        var answer = app.get("/");
        if (answer.status() == 200 && !answer.body().startsWith(app.name() + " ")) {
          wrong.add(app.name() + " got " + answer.body());
        }
      } catch (RuntimeException broken) {
        // the dyno or the router is away
      }
      Host.pause(EACH);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
