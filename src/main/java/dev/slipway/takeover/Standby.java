package dev.slipway.takeover;

import dev.slipway.engine.SharedObjects;
import dev.slipway.takeover.Term.Seen;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Waits until this process may run control: nobody does, or whoever did is not heard of any more.
///
/// What is measured is time between readings that succeeded, by this machine's own monotonic clock:
/// while the managers do not answer, a holder can't show that it lives, and no time passes. Nor can
/// it while they answer what they have and agree on nothing new, as when one of them takes in all
/// that was written before it came: so a change of this process' own must be agreed on promptly
/// first, and after that the holder has time for a beat. A holder that was given up too early is
/// fenced, so that the wait decides how soon another one takes over, and never whether two of them
/// write. For one thread.
public final class Standby {
  private static final Duration LOOK_EACH = Duration.ofMillis(500);
  private static final Duration PROMPTLY = Duration.ofSeconds(1);

  /// What it takes to agree, and more than a holder needs for a beat.
  private static final Duration TIME_FOR_A_BEAT = PROMPTLY.plusSeconds(3);

  /// Before the node in the name of the object by which it sees whether managers agree.
  static final String TRIAL = "slipway-standby-";

  private final SharedObjects objects;
  private final String node;
  private final Duration patience;
  private final BooleanSupplier canBegin;
  private final Consumer<String> onLost;
  private final Runnable onWait;
  private boolean waits;
  private @Nullable Seen last;
  private long lastLook;
  private long silentNanos;
  private boolean agreed;

  /// @param node this process' own node
  /// @param patience how long a holder may be silent
  /// @param canBegin whether this process has what to begin the first term with
  /// @param onLost is told when the term that was taken is held no more
  /// @param onWait is done once, when the term is found to be another's or can't be read
  public Standby(
      SharedObjects objects,
      String node,
      Duration patience,
      BooleanSupplier canBegin,
      Consumer<String> onLost,
      Runnable onWait) {
    this.objects = objects;
    this.node = node;
    this.patience = patience;
    this.canBegin = canBegin;
    this.onLost = onLost;
    this.onWait = onWait;
  }

  /// Waits until the term is this process' own.
  public Term await() throws InterruptedException {
    while (true) {
      var taken = look(System.nanoTime());
      if (taken.isPresent()) {
        return taken.get();
      }
      if (!waits) {
        waits = true;
        onWait.run();
      }
      Thread.sleep(LOOK_EACH);
    }
  }

  /// Looks once, and takes the term where it may.
  ///
  /// @param now a reading of the monotonic clock
  Optional<Term> look(long now) {
    try {
      var newest = Term.newest(objects).orElse(null);
      return mayTake(newest, now)
          ? Term.take(objects, newest == null ? 0 : newest.number(), node, onLost)
          : Optional.empty();
    } catch (RuntimeException e) {
      // What comes after is another row of readings.
      last = null;
      agreed = false;
      Logger.getLogger(Standby.class.getName())
          .log(Level.FINE, "the managers do not answer: {0}", e.getMessage());
      return Optional.empty();
    }
  }

  private boolean mayTake(@Nullable Seen newest, long now) {
    if (newest == null) {
      return canBegin.getAsBoolean();
    }
    if (newest.released() || newest.holder().equals(node)) {
      return true;
    }
    if (newest.equals(last)) {
      silentNanos += now - lastLook;
    } else {
      begin(newest);
    }
    lastLook = now;
    if (!agreed && silentNanos >= beforeTheLastBeat()) {
      tryToAgree(newest);
      return false;
    }
    return agreed && silentNanos >= patience.toNanos();
  }

  private long beforeTheLastBeat() {
    return patience.minus(TIME_FOR_A_BEAT).toNanos();
  }

  /// However long it was silent before, it has time for a beat from now on.
  private void tryToAgree(Seen seen) {
    var promptly = agreePromptly();
    begin(seen);
    if (promptly) {
      agreed = true;
      silentNanos = beforeTheLastBeat();
    }
  }

  private void begin(Seen seen) {
    last = seen;
    silentNanos = 0;
    agreed = false;
  }

  /// Makes an object, or removes the one that was made before: either is a change.
  private boolean agreePromptly() {
    var began = System.nanoTime();
    var made = objects.find(TRIAL + node);
    if (made.isPresent()) {
      objects.remove(made.get());
    } else {
      objects.create(TRIAL + node, SealedObjects.OWN, new byte[] {'-'});
    }
    return System.nanoTime() - began <= PROMPTLY.toNanos();
  }
}
