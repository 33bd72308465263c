package dev.slipway.oneoff;

import dev.slipway.core.Redaction;
import dev.slipway.core.UserError;
import dev.slipway.engine.DockerException;
import dev.slipway.engine.DynoSpec;
import dev.slipway.engine.DynoState;
import dev.slipway.engine.DynoState.Phase;
import dev.slipway.engine.Engine;
import dev.slipway.engine.InsideCommand;
import dev.slipway.observe.LogLine;
import dev.slipway.observe.Logs;
import dev.slipway.rollout.DynoWatch;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// A one-off dyno from its start to its removal, on a thread of its own.
///
/// One without a client runs the command as its process, and its lines go to the app's log. One
/// with a client is started with nothing to do, and the command is run inside it when the client is
/// there: so nothing that it writes is missed, its input can end, and nothing of it gets into the
/// log.
final class OneOffRun implements Runnable {
  /// What a dyno runs that waits for its client.
  static final String NOTHING = "exec sleep 1000000";

  private static final String COMPLETE = "State changed from up to complete";
  private static final Logger LOG = Logger.getLogger(OneOffRun.class.getName());
  private static final Duration LOOK_EACH = Duration.ofMillis(100);
  private static final Duration LOOK_SELDOM = Duration.ofMillis(500);
  private static final Duration LONGEST_BOOT = Duration.ofMinutes(2);
  private static final Duration ASK_EACH = Duration.ofSeconds(3);
  private static final Duration QUIET = Duration.ofMillis(500);
  private static final Duration LONGEST_REST = Duration.ofSeconds(30);

  /// What runs are made from.
  ///
  /// @param listener is told of dynos that were promised
  record Parts(
      Engine engine,
      DynoWatch watch,
      Logs logs,
      OneOffStore store,
      Clock clock,
      OneOffListener listener) {}

  /// What makes a run an attached one.
  ///
  /// @param tellsStatus whether the client wants to know the command's status
  record Attached(Offer offer, String command, boolean tellsStatus) {}

  private final Parts parts;
  private final OneOff oneOff;
  private final @Nullable Attached attached;
  private final Redaction redaction;
  private final @Nullable DynoSpec unbegun;
  private Instant begunAt;
  private OneOffEnd end = new OneOffEnd.Lost();
  private boolean up;
  private long lastAsked = System.nanoTime();
  private volatile @Nullable String stopping;
  private volatile Instant lastLine = Instant.MIN;

  /// @param attached null where there is no client
  /// @param redaction takes the dyno's environment out of what the engine says
  /// @param up whether it is known to be up: then that is not told again
  OneOffRun(
      Parts parts, OneOff oneOff, @Nullable Attached attached, Redaction redaction, boolean up) {
    this(parts, oneOff, attached, redaction, up, null);
  }

  private OneOffRun(
      Parts parts,
      OneOff oneOff,
      @Nullable Attached attached,
      Redaction redaction,
      boolean up,
      @Nullable DynoSpec unbegun) {
    this.parts = parts;
    this.oneOff = oneOff;
    this.attached = attached;
    this.unbegun = unbegun;
    this.begunAt = oneOff.createdAt();
    this.redaction = redaction;
    this.up = up;
  }

  /// The run of a dyno that was promised and perhaps not started yet.
  static OneOffRun promised(Parts parts, OneOff oneOff, DynoSpec dyno) {
    return new OneOffRun(
        parts, oneOff, null, Redaction.of(dyno.environment().values()), false, dyno);
  }

  OneOff oneOff() {
    return oneOff;
  }

  /// Has it end soon.
  void stop() {
    stopping = "Stopping all processes with SIGTERM";
  }

  @Override
  public void run() {
    try {
      if (attached != null) {
        converse(attached);
      } else if (unbegun == null || begin(unbegun)) {
        followToEnd();
      }
      if (oneOff.promised()) {
        parts.listener().ended(oneOff.id(), end);
      }
      remove();
    } catch (InterruptedException controlEnds) {
      if (attached != null) {
        remove();
      }
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "The end of " + oneOff.service() + " is put off", e);
    }
  }

  /// Starts the dyno, unless an earlier process did. That it was started is written down after: a
  /// dyno's name is used once, so that the engine takes the same one twice for one.
  ///
  /// @return whether it is there
  private boolean begin(DynoSpec dyno) {
    // Who takes up what was promised may have read it before its run ended.
    if (!parts.store().has(oneOff.id())) {
      return false;
    }
    var refusal = startOnce(dyno);
    parts.store().begun(oneOff.id());
    if (refusal.isPresent()) {
      end = new OneOffEnd.NotStarted(redaction.apply(refusal.get()));
      return false;
    }
    begunAt = parts.clock().instant();
    parts.listener().begun(oneOff.id());
    return parts.store().has(oneOff.id());
  }

  /// Why the engine will never start it, if so.
  private Optional<String> startOnce(DynoSpec dyno) {
    if (isTooLateToBegin() && asked().isEmpty()) {
      return Optional.of("control was not up in time to start it");
    }
    try {
      parts.engine().startOnce(dyno);
      return Optional.empty();
    } catch (UserError e) {
      return Optional.of(e.problem().sentence());
    }
  }

  private boolean isTooLateToBegin() {
    return oneOff.beginBy() != null && parts.clock().instant().isAfter(oneOff.beginBy());
  }

  /// Removes the dyno, and then what is known of it.
  void remove() {
    parts.engine().stop(oneOff.service());
    parts.store().delete(oneOff.id());
  }

  /// Removes what was not started properly, if that can be done now.
  void giveUp() {
    if (attached != null) {
      attached.offer().close();
    }
    try {
      remove();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, oneOff.service() + " is removed later", e);
    }
  }

  private void converse(Attached attached) throws InterruptedException {
    try (var offer = attached.offer()) {
      var conversation = new Conversation(offer, attached.tellsStatus(), this::isOver);
      say("Awaiting client");
      var client = conversation.awaitClient();
      if (client.isEmpty()) {
        say(stopping == null ? "No client came in time" : stopping);
        return;
      }
      var dyno = awaitUp(client.get());
      if (dyno.isPresent()) {
        say("Starting process with command `" + oneOff.command() + "`");
        sayUp();
        var command =
            new InsideCommand(attached.command(), new TreeMap<>(), client.get().terminal());
        tellEnd(
            conversation.between(
                client.get(), () -> parts.engine().runInside(dyno.get(), command)));
      }
    }
  }

  /// The dyno once it is up, or nothing, and then the client knows why.
  private Optional<DynoState> awaitUp(Client client) throws InterruptedException {
    var latest = oneOff.createdAt().plus(LONGEST_BOOT);
    while (!client.isGone() && !isOver()) {
      var state = state();
      if (state.filter(DynoState::running).isPresent()) {
        return state;
      }
      if (state.map(DynoState::phase).orElse(null) instanceof Phase.Ended ended) {
        refuse(client, redaction.apply(ended.why()));
        return Optional.empty();
      }
      if (parts.clock().instant().isAfter(latest)) {
        refuse(client, "it was not up after " + LONGEST_BOOT.toSeconds() + " seconds");
        return Optional.empty();
      }
      Thread.sleep(LOOK_EACH);
    }
    return Optional.empty();
  }

  private void refuse(Client client, String why) throws InterruptedException {
    say("Process could not be started: " + why);
    client.say(oneOff.name() + " could not be started: " + why);
    client.end(OptionalInt.empty());
  }

  private void followToEnd() throws InterruptedException {
    if (!up) {
      say("Starting process with command `" + oneOff.command() + "`");
    }
    while (!followOnce()) {
      Thread.sleep(LOOK_EACH);
    }
    if (stopping != null) {
      say(COMPLETE);
    }
  }

  /// Keeps the dyno's lines until it has ended, or the stream has.
  ///
  /// @return whether it has ended
  private boolean followOnce() throws InterruptedException {
    try (var follower = parts.engine().follow(oneOff.service(), sinceLastKept(), this::keep)) {
      while (!follower.awaitEnd(up ? LOOK_SELDOM : LOOK_EACH)) {
        if (Thread.interrupted()) {
          throw new InterruptedException("control ends");
        }
        if (hasEnded()) {
          awaitQuiet(follower);
          return true;
        }
      }
      return false;
    } catch (DockerException e) {
      if (e.notFound()) {
        return true; // an earlier process removed it, and did not come to forget it
      }
      throw e;
    }
  }

  private boolean hasEnded() {
    if (isOver()) {
      end = new OneOffEnd.Stopped(String.valueOf(stopping));
      say(String.valueOf(stopping));
      parts.engine().stop(oneOff.service());
      return true;
    }
    var state = state();
    return switch (state.map(DynoState::phase).orElse(null)) {
      case Phase.Running() -> {
        sayUp();
        yield isLost();
      }
      case Phase.Ended ended -> {
        tellEnd(ended);
        yield true;
      }
      case Phase.Starting _, Phase.Waiting _ -> tooLate();
      case null -> up || tooLate();
    };
  }

  /// Of a host that is down the engine says for a day that its dynos run. Nobody waits that long
  /// for a promised one; for others a person does.
  private boolean isLost() {
    if (!oneOff.promised() || System.nanoTime() - lastAsked < ASK_EACH.toNanos()) {
      return false;
    }
    lastAsked = System.nanoTime();
    return parts.engine().isGone(oneOff.service());
  }

  private boolean tooLate() {
    var late = !up && parts.clock().instant().isAfter(begunAt.plus(LONGEST_BOOT));
    if (late) {
      end =
          new OneOffEnd.NotStarted(
              "its process was not started within " + LONGEST_BOOT.toSeconds() + " seconds");
      say("Process could not be started within " + LONGEST_BOOT.toSeconds() + " seconds");
    }
    return late;
  }

  /// What the dyno wrote last comes a little after its end.
  private void awaitQuiet(Engine.LogFollower follower) throws InterruptedException {
    var latest = parts.clock().instant().plus(LONGEST_REST);
    do {
      lastLine = Instant.MIN;
      follower.awaitEnd(QUIET);
      if (Thread.interrupted()) {
        throw new InterruptedException("control ends");
      }
    } while ((lastLine.isAfter(Instant.MIN) || !isGoneIfStopped())
        && parts.clock().instant().isBefore(latest));
  }

  private boolean isGoneIfStopped() {
    return stopping == null || parts.engine().isGone(oneOff.service());
  }

  private void keep(Instant time, String text) {
    lastLine = time;
    parts.logs().add(oneOff.app(), time, LogLine.APP, oneOff.name().toString(), text);
  }

  private Instant sinceLastKept() {
    var newest = parts.logs().newest(oneOff.app(), oneOff.name().toString());
    return newest.isBefore(oneOff.createdAt()) ? Instant.EPOCH : newest.plusNanos(1);
  }

  private void tellEnd(Phase.Ended ended) {
    end =
        ended.failed() && ended.exitCode() == 0
            ? new OneOffEnd.NotStarted(redaction.apply(ended.why()))
            : new OneOffEnd.Exited(ended.exitCode());
    if (end instanceof OneOffEnd.NotStarted) {
      say("Process could not be started: " + redaction.apply(ended.why()));
      return;
    }
    sayUp();
    tellEnd(OptionalInt.of(ended.exitCode()));
  }

  private void tellEnd(OptionalInt status) {
    if (stopping != null) {
      say(String.valueOf(stopping));
    }
    say(
        status.isPresent()
            ? "Process exited with status " + status.getAsInt()
            : "Process was ended");
    say(COMPLETE);
  }

  private boolean isOver() {
    if (stopping == null && parts.clock().instant().isAfter(oneOff.endsAt())) {
      var limit = Duration.between(oneOff.createdAt(), oneOff.endsAt()).toSeconds();
      stopping = "Stopping all processes with SIGTERM after the time limit of " + limit + " s";
    }
    return stopping != null;
  }

  /// As the watch has seen it where it runs; all else is asked for, since a watch that has not
  /// looked yet knows no dyno.
  private Optional<DynoState> state() {
    return parts.watch().state(oneOff.service()).filter(DynoState::running).or(this::asked);
  }

  private Optional<DynoState> asked() {
    return parts.engine().dynos(oneOff.app()).stream()
        .filter(each -> each.service().equals(oneOff.service()))
        .findFirst();
  }

  private void sayUp() {
    if (!up) {
      up = true;
      say("State changed from starting to up");
    }
  }

  private void say(String text) {
    parts.logs().platform(oneOff.app(), oneOff.name().toString(), text);
  }
}
