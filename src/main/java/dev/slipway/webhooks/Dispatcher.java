package dev.slipway.webhooks;

import dev.slipway.outbound.Outbound;
import java.lang.System.Logger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Tries deliveries when their time has come: those of one webhook one after the other, those of
/// several at once, so that a receiver that hangs holds up nobody else. Thread-safe.
final class Dispatcher implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Dispatcher.class.getName());
  private static final Duration LOOK_EACH = Duration.ofSeconds(1);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(1);
  private static final Duration PRUNE_EACH = Duration.ofMinutes(10);

  private final WebhookStore rows;
  private final Attempts attempts;
  private final Clock clock;
  private final Set<UUID> busy = ConcurrentHashMap.newKeySet();
  private final Semaphore news = new Semaphore(0);
  private final ExecutorService tries = Executors.newVirtualThreadPerTaskExecutor();
  private Instant pruned = Instant.EPOCH;
  private @Nullable Thread thread;

  Dispatcher(WebhookStore rows, Outbound outbound, RetrySchedule retries, Clock clock) {
    this.rows = rows;
    this.attempts = new Attempts(rows, outbound, retries, clock);
    this.clock = clock;
  }

  void start() {
    thread = Thread.ofVirtual().name("webhooks").start(this::dispatchForEver);
  }

  /// Has it look now.
  void wake() {
    news.release();
  }

  /// Breaks off what is being tried, and waits a moment for it to end: the store may close next.
  @Override
  public void close() {
    if (thread != null) {
      thread.interrupt();
    }
    attempts.close();
    tries.shutdownNow();
    try {
      var _ = tries.awaitTermination(LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void dispatchForEver() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        dispatch();
        prune();
        if (news.tryAcquire(LOOK_EACH.toMillis(), TimeUnit.MILLISECONDS)) {
          news.drainPermits();
        }
      } catch (InterruptedException closing) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        LOG.log(Logger.Level.WARNING, "Webhooks are looked after later", e);
        pause();
      }
    }
  }

  private void dispatch() {
    for (var delivery : rows.due(clock.instant())) {
      if (busy.add(delivery.webhook())) {
        tries.execute(() -> attempt(delivery));
      }
    }
  }

  private void attempt(Delivery delivery) {
    try {
      attempts.run(delivery);
    } catch (RuntimeException e) {
      LOG.log(Logger.Level.WARNING, "Delivery " + delivery.id() + " is tried again", e);
      pause();
    } finally {
      busy.remove(delivery.webhook());
      wake();
    }
  }

  private void prune() {
    var now = clock.instant();
    if (now.isAfter(pruned.plus(PRUNE_EACH))) {
      rows.prune(now.minus(Webhooks.KEPT), Webhooks.MOST_EVENTS);
      pruned = now;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK_EACH);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }
}
