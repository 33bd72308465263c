package dev.slipway.takeover;

import dev.slipway.engine.SharedObjects;
import dev.slipway.engine.SharedObjects.SharedObject;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The right to run control, from when it was taken until somebody takes the next. Terms are
/// numbered; the greatest one counts, and to make its object is what takes it. While a holder lives
/// it changes a label of its term's object every two seconds. Thread-safe.
public final class Term implements Fence {
  /// Before the numbers of terms.
  public static final String NAME = "slipway-control-";

  private static final Duration BEAT_EACH = Duration.ofSeconds(2);
  private static final String HOLDER = "slipway.holder";
  private static final String BEAT = "slipway.beat";
  private static final String RELEASED = "slipway.released";

  private static final Logger LOG = Logger.getLogger(Term.class.getName());

  private final SharedObjects objects;
  private final long number;
  private final String holder;
  private final Consumer<String> onLost;
  private final AtomicBoolean ended = new AtomicBoolean();

  private Term(SharedObjects objects, long number, String holder, Consumer<String> onLost) {
    this.objects = objects;
    this.number = number;
    this.holder = holder;
    this.onLost = onLost;
  }

  /// A term as anybody sees it.
  ///
  /// @param holder the node of whoever took it
  /// @param beat changes while the holder lives
  /// @param released whether the holder has ended and said so
  public record Seen(long number, String holder, String beat, boolean released) {}

  /// The greatest term, if there ever was one.
  public static Optional<Seen> newest(SharedObjects objects) {
    return objects.named(NAME).stream().map(Term::seen).max(Comparator.comparingLong(Seen::number));
  }

  private static Seen seen(SharedObject object) {
    return new Seen(
        number(object),
        object.label(HOLDER),
        object.label(BEAT),
        object.label(RELEASED).equals("yes"));
  }

  /// Takes the term after the one that was seen.
  ///
  /// @param after the greatest term's number, or 0
  /// @param onLost is told, at most once, why the term is held no more: the process must end
  /// @return nothing where somebody else was quicker
  static Optional<Term> take(
      SharedObjects objects, long after, String holder, Consumer<String> onLost) {
    var term = new Term(objects, after + 1, holder, onLost);
    if (!objects.create(term.name(), term.labels(false), new byte[] {'-'})) {
      return Optional.empty();
    }
    // Who slept since it looked may have made a term that others have long passed and forgotten.
    if (newest(objects).map(Seen::number).orElse(0L) != term.number) {
      return Optional.empty();
    }
    objects.named(NAME).stream().filter(old -> number(old) < term.number).forEach(objects::remove);
    return Optional.of(term);
  }

  private String name() {
    return NAME + "%012d".formatted(number);
  }

  private static long number(SharedObject object) {
    return Long.parseLong(object.name().substring(NAME.length()));
  }

  private Map<String, String> labels(boolean released) {
    var labels = new HashMap<>(SealedObjects.OWN);
    labels.put(HOLDER, holder);
    labels.put(BEAT, Long.toString(System.nanoTime()));
    labels.put(RELEASED, released ? "yes" : "no");
    return labels;
  }

  /// Its number.
  public long number() {
    return number;
  }

  /// Shows from now on that the holder lives.
  ///
  /// @param also is done at each beat
  void beat(Runnable also) {
    Thread.ofVirtual()
        .name("term-beat")
        .start(() -> {
          while (!ended.get()) {
            beatOnce();
            also.run();
            pause();
          }
        });
  }

  /// Managers without a quorum take nothing over either, so that a beat may fail.
  void beatOnce() {
    try {
      if (isHeld()) {
        objects.find(name()).ifPresent(own -> objects.label(own, labels(false)));
      }
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the managers do not take the beat: {0}", e.getMessage());
    }
  }

  @Override
  public void check() {
    if (!isHeld()) {
      throw new IllegalStateException("another manager's control has taken over");
    }
  }

  private boolean isHeld() {
    var newest = newest(objects).map(Seen::number).orElse(0L);
    if (newest == number) {
      return true;
    }
    lose("term " + newest + " is another's");
    return false;
  }

  /// Tells that the term is held no more.
  public void lose(String why) {
    if (!ended.getAndSet(true)) {
      onLost.accept(why);
    }
  }

  /// Ends the term of its holder's own will: no beat follows, and the next one may be taken at
  /// once.
  void release() {
    ended.set(true);
    release(objects, holder);
  }

  /// Lets the next term be taken at once, where that node holds the newest one and has ended.
  public static void release(SharedObjects objects, String node) {
    objects.named(NAME).stream()
        .max(Comparator.comparingLong(Term::number))
        .filter(term -> term.label(HOLDER).equals(node))
        .ifPresent(term -> {
          var labels = new HashMap<>(term.labels());
          labels.put(RELEASED, "yes");
          objects.label(term, labels);
        });
  }

  private static void pause() {
    try {
      Thread.sleep(BEAT_EACH);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
