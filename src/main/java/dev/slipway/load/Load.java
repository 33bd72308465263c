package dev.slipway.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// A load that runs: one virtual thread per connection, each request with an X-Request-Id of its
/// own, none sent twice. Safe for use from many threads.
public final class Load implements AutoCloseable {
  /// How long a connection without a pace rests after a loss, so that a server that is away is not
  /// hammered.
  private static final Duration REST = Duration.ofMillis(100);

  /// Slow requests start one after the other by this much, so that some are always at their start.
  private static final Duration STAGGER = Duration.ofMillis(300);

  /// Requests that were due before the end are sent, unless the load is behind by more than this.
  private static final Duration LATEST = Duration.ofSeconds(1);

  private final LoadPlan plan;
  private final LoadClient client;
  private final Tally tally;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicLong tickets = new AtomicLong();
  private final List<Thread> connections = new ArrayList<>();

  private Load(LoadPlan plan, Consumer<String> answeredIds) {
    this.plan = plan;
    client = new LoadClient(plan);
    tally = new Tally(answeredIds);
  }

  /// Starts to send.
  public static Load start(LoadPlan plan) {
    return start(plan, _ -> {});
  }

  /// Starts to send, and gives the id of each answered request to the consumer, one at a time and
  /// before a report counts it.
  public static Load start(LoadPlan plan, Consumer<String> answeredIds) {
    var load = new Load(plan, answeredIds);
    load.open();
    return load;
  }

  /// What became of the requests so far.
  public LoadReport report() {
    return tally.report();
  }

  /// Waits for the end of the plan's duration, or for a stop, and for the requests in flight.
  public LoadReport await() throws InterruptedException {
    for (var connection : connections) {
      connection.join();
    }
    client.close();
    tally.finished();
    return tally.report();
  }

  /// Sends no new requests and waits for those in flight, the plan's time-out at the longest. Once
  /// ended, gives the same report again.
  public LoadReport stop() throws InterruptedException {
    tally.quickEnded();
    stopped.countDown();
    return await();
  }

  /// Stops.
  @Override
  public void close() {
    try {
      stop();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void open() {
    for (var i = 0; i < plan.quickConnections(); i++) {
      connections.add(Thread.ofVirtual().name("load-quick-", i).start(this::sendQuick));
    }
    for (var i = 0; i < plan.slowConnections(); i++) {
      var delay = STAGGER.multipliedBy(i);
      connections.add(Thread.ofVirtual().name("load-slow-", i).start(() -> sendSlow(delay)));
    }
  }

  private void sendQuick() {
    if (plan.requestsPerSecond() == 0) {
      sendOneAfterTheOther(false, plan.quick());
    } else {
      sendAtPace();
    }
    tally.quickEnded();
  }

  private void sendAtPace() {
    var interval = TimeUnit.SECONDS.toNanos(1) / plan.requestsPerSecond();
    var goesOn = true;
    while (goesOn) {
      var due = tally.startNanos() + (long) (tickets.getAndIncrement() * interval);
      goesOn = due < end() && !stopsWithin(due - System.nanoTime()) && !isOver(LATEST);
      if (goesOn) {
        send(false, plan.quick(), due);
      }
    }
  }

  private void sendSlow(Duration delay) {
    if (!stopsWithin(delay.toNanos())) {
      sendOneAfterTheOther(true, plan.slow());
    }
  }

  private void sendOneAfterTheOther(boolean isSlow, LoadPlan.Request request) {
    var goesOn = !isOver(Duration.ZERO);
    while (goesOn) {
      var rest = send(isSlow, request, System.nanoTime()) ? 0 : REST.toNanos();
      goesOn = !stopsWithin(rest) && !isOver(Duration.ZERO);
    }
  }

  /// Whether the request was answered.
  private boolean send(boolean isSlow, LoadPlan.Request request, long dueNanos) {
    var requestId = UUID.randomUUID().toString();
    tally.sent(isSlow);
    var outcome = client.send(request, requestId);
    tally.ended(isSlow, request, requestId, dueNanos, outcome);
    return outcome instanceof Outcome.Answered;
  }

  private long end() {
    return tally.startNanos() + plan.duration().toNanos();
  }

  private boolean isOver(Duration grace) {
    return System.nanoTime() - end() >= grace.toNanos();
  }

  private boolean stopsWithin(long nanos) {
    try {
      return stopped.await(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
