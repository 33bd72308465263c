package dev.slipway.rollout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.AppId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Turns come in the order in which they were taken, whoever gives up meanwhile.
@Timeout(10)
class TurnsTest {
  private final Turns turns = new Turns();
  private final AppId app = AppId.random();

  @Test
  void turnsComeInTheOrderInWhichTheyWereTaken() throws Exception {
    var order = new CopyOnWriteArrayList<Integer>();
    var threads = new ArrayList<Thread>();
    var first = turns.take(app);
    for (var number = 1; number <= 20; number++) {
      var turn = turns.take(app);
      var mine = number;
      threads.addFirst(Thread.ofVirtual().unstarted(() -> addInTurn(turn, order, mine)));
    }
    threads.forEach(Thread::start);
    assertTrue(order.isEmpty());
    first.close();
    for (var thread : threads) {
      thread.join();
    }
    assertEquals(
        java.util.stream.IntStream.rangeClosed(1, 20).boxed().toList(), List.copyOf(order));
  }

  @Test
  void aTurnThatWasGivenUpLetsNobodyPastTheOneBeforeIt() throws Exception {
    var running = turns.take(app);
    turns.take(app).close();
    var later = turns.take(app);
    var waiting = new CopyOnWriteArrayList<Integer>();
    var thread = Thread.ofVirtual().start(() -> addInTurn(later, waiting, 1));
    thread.join(java.time.Duration.ofMillis(50));
    assertTrue(waiting.isEmpty());
    running.close();
    thread.join();
    assertEquals(List.of(1), waiting);
  }

  @Test
  void whoeverWaitsCanBeInterrupted() {
    var _ = turns.take(app);
    var later = turns.take(app);
    Thread.currentThread().interrupt();
    assertThrows(InterruptedException.class, later::await);
  }

  private static void addInTurn(Turns.Turn turn, List<Integer> order, int number) {
    try (turn) {
      turn.await();
      order.add(number);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
