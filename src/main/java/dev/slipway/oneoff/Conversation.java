package dev.slipway.oneoff;

import dev.slipway.core.UserError;
import dev.slipway.engine.InsideProcess;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// An attached command from its offer to its end: the client is waited for, and gets the command's
/// input and output, and the command the sizes of its window, for as long as both are there.
final class Conversation {
  private static final Duration LOOK_EACH = Duration.ofMillis(100);
  private static final Duration LAST_LOOK = Duration.ofMillis(500);

  /// What SSH tells in such a case.
  private static final int CUT_OFF = 255;

  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private final Offer offer;
  private final boolean tellsStatus;
  private final BooleanSupplier over;

  /// @param tellsStatus whether the client wants to know the command's status
  /// @param over whether it has to end, whatever the client and the command do
  Conversation(Offer offer, boolean tellsStatus, BooleanSupplier over) {
    this.offer = offer;
    this.tellsStatus = tellsStatus;
    this.over = over;
  }

  /// The client, or nothing where none comes in time.
  Optional<Client> awaitClient() throws InterruptedException {
    while (offer.client().isEmpty() && !over.getAsBoolean() && !offer.isStale()) {
      Thread.sleep(LOOK_EACH);
    }
    return offer.client();
  }

  /// Lets client and command talk until the command ends, or is ended because the client went.
  ///
  /// @return the command's status, where it had one
  OptionalInt between(Client client, Supplier<InsideProcess> start) throws InterruptedException {
    try (var process = start.get()) {
      return between(client, process);
    } catch (UserError e) {
      client.say(e.problem().sentence());
      client.end(OptionalInt.empty());
      return OptionalInt.empty();
    }
  }

  private OptionalInt between(Client client, InsideProcess process) throws InterruptedException {
    var feeder = Thread.ofVirtual().name("run-input").start(() -> client.feed(process.input()));
    var shower = Thread.ofVirtual().name("run-output").start(() -> client.show(process.output()));
    var fitter = Thread.ofVirtual().name("run-window").start(() -> client.fit(process::resize));
    try {
      while (!shower.join(LOOK_EACH) && !client.isGone() && !over.getAsBoolean()) {
        // Both talk.
      }
      // A client can go because it has seen the end, which is then here in a moment too.
      if (!shower.join(LAST_LOOK)) {
        process.hangUp();
      }
      if (!shower.join(LAST_WORDS)) {
        return OptionalInt.empty();
      }
      var status = process.awaitExit();
      if (status.isEmpty()) {
        client.say("The command was cut off: its dyno is gone, or its host out of reach");
      }
      if (tellsStatus) {
        client.tellStatus(status.orElse(CUT_OFF));
      }
      client.end(status);
      return status;
    } catch (InterruptedException controlEnds) {
      process.hangUp();
      throw controlEnds;
    } finally {
      feeder.interrupt();
      fitter.interrupt();
    }
  }
}
