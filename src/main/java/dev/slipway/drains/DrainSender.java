package dev.slipway.drains;

import dev.slipway.observe.LogFilter;
import dev.slipway.observe.LogLine;
import dev.slipway.observe.LogReader;
import dev.slipway.observe.Logs;
import dev.slipway.outbound.Failure;
import dev.slipway.outbound.Outbound;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Sends an app's lines to one drain, on a thread of its own, until it is closed. What the drain
/// does not take is tried again, ever more seldom; meanwhile lines wait in the app's kept log, and
/// those that leave it are counted and told as lost.
final class DrainSender implements AutoCloseable {
  private static final Logger LOG = System.getLogger(DrainSender.class.getName());
  private static final int MOST_LINES = 1000;
  private static final int MOST_BYTES = 1024 * 1024;
  private static final int MOST_REFUSALS = 6;
  private static final int FAILURES_TO_TELL = 3;

  /// Between two frames: a line a request would cost more than the line.
  private static final Duration GATHER = Duration.ofMillis(250);

  private static final Duration LOOK_AROUND = Duration.ofMillis(500);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(1);
  private static final Duration TELL_LOSS_EACH = Duration.ofMinutes(1);

  /// A frame on its way.
  ///
  /// @param before the sequence after which it was read
  /// @param lost how many lost lines it tells of
  private record Pending(Frame frame, long before, long lost) {
    /// How many lines it carries, told ones left out.
    long lines() {
      return lost > 0 ? frame.messages() - 1L : frame.messages();
    }
  }

  private final Drain drain;
  private final Logs logs;
  private final Pauses pauses;
  private final Clock clock;
  private final LogReader reader;
  private final Link link;
  private final Loss loss = new Loss();
  private final Loss untoldInLog = new Loss();
  private Instant lossTold = Instant.EPOCH;
  private @Nullable Pending pending;
  private int failures;
  private int refusals;
  private volatile long position;
  private final Thread thread;

  /// Begins to send what comes after the position.
  DrainSender(
      Drain drain, long position, Logs logs, Outbound outbound, Pauses pauses, Clock clock) {
    this.drain = drain;
    this.logs = logs;
    this.pauses = pauses;
    this.clock = clock;
    this.reader = logs.reader(drain.app(), LogFilter.ALL, position);
    this.position = reader.position();
    this.link = Link.to(drain, outbound, reader.position());
    this.thread = Thread.ofVirtual().name("drain " + drain.id()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  Drain drain() {
    return drain;
  }

  /// The sequence of the last line that the drain has; from there the next process goes on.
  long position() {
    return position;
  }

  /// Waits a moment for it to end after it was closed.
  void awaitEnd() {
    try {
      thread.join(LONGEST_CLOSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void run() {
    try (reader;
        link) {
      while (true) {
        try {
          step();
        } catch (IOException e) {
          failed(e);
        } catch (RuntimeException e) {
          LOG.log(Level.WARNING, "Drain " + drain.id() + " is tried again", e);
          Thread.sleep(pauses.longest());
        }
        position = link.confirmed();
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private void step() throws IOException, InterruptedException {
    var next = pending == null ? gather() : pending;
    if (next == null) {
      link.check();
      return;
    }
    pending = next;
    link.send(next.frame(), reader.position());
    pending = null;
    if (failures >= FAILURES_TO_TELL) {
      tell("Drain " + drain.target() + " takes lines again.");
    }
    failures = 0;
    refusals = 0;
    tellLossInLog(Duration.ZERO);
    Thread.sleep(GATHER);
  }

  private @Nullable Pending gather() throws InterruptedException {
    var before = reader.position();
    var batch = reader.next(MOST_LINES, LOOK_AROUND);
    countLost(batch.missed());
    var frame = link.frame();
    var lost = loss.lines();
    if (lost > 0) {
      frame.addNotice(clock.instant(), loss.words());
      loss.wasTold();
    }
    for (var line : batch.lines()) {
      if (frame.size() >= MOST_BYTES) {
        reader.rewind(line.sequence() - 1);
        break;
      }
      if (!isAboutDrains(line)) {
        frame.add(line);
      }
    }
    if (frame.messages() > 0) {
      return new Pending(frame, before, lost);
    }
    if (link.confirmed() == before) {
      link.skipTo(reader.position());
    }
    return null;
  }

  /// What is said of drains in the log is said to each drain in its own frames.
  private static boolean isAboutDrains(LogLine line) {
    return line.source().equals(LogLine.PLATFORM) && line.dyno().equals(Loss.DYNO);
  }

  private void failed(IOException thrown) throws InterruptedException {
    failures++;
    if (failures == FAILURES_TO_TELL) {
      tell("Drain " + drain.target() + " does not take lines, " + words(thrown) + ". They wait.");
    }
    giveUpOrGoBack(thrown);
    countLost(reader.skipMissed());
    if (pending == null) {
      link.skipTo(reader.position());
    }
    tellLossInLog(TELL_LOSS_EACH);
    Thread.sleep(pauses.after(failures));
  }

  /// A frame that is refused for good again and again would hold up all others. One that may have
  /// been preceded by lines that did not arrive is made anew, with those.
  private void giveUpOrGoBack(IOException thrown) {
    var sent = pending;
    if (sent == null) {
      reader.rewind(link.confirmed());
      return;
    }
    if (thrown instanceof HttpLink.Refused refused && refused.isForGood()) {
      refusals++;
    }
    if (refusals >= MOST_REFUSALS) {
      countLost(sent.lines());
      loss.add(sent.lost(), clock.instant()); // The log was told of these, the receiver was not.
      refusals = 0;
      pending = null;
    } else if (link.confirmed() < sent.before()) {
      reader.rewind(link.confirmed());
      loss.add(sent.lost(), clock.instant());
      pending = null;
    }
  }

  private void countLost(long lines) {
    loss.add(lines, clock.instant());
    untoldInLog.add(lines, clock.instant());
  }

  private void tellLossInLog(Duration atMostEach) {
    var now = clock.instant();
    if (untoldInLog.lines() > 0 && !now.isBefore(lossTold.plus(atMostEach))) {
      tell(untoldInLog.words());
      untoldInLog.wasTold();
      lossTold = now;
    }
  }

  private void tell(String text) {
    logs.platform(drain.app(), Loss.DYNO, text);
  }

  private static String words(IOException thrown) {
    return thrown instanceof HttpLink.Refused refused
        ? "it answers " + refused.getMessage()
        : Failure.of(thrown).words();
  }
}
