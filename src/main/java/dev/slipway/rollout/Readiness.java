package dev.slipway.rollout;

import dev.slipway.apps.App;
import dev.slipway.engine.DynoState;
import dev.slipway.engine.DynoState.Phase;
import dev.slipway.router.Reachability;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Waits until new dynos can take over: a web dyno when every live router reaches it, any other
/// when it has run for five seconds.
final class Readiness {
  private static final Duration PROOF_OF_LIFE = Duration.ofSeconds(5);
  private static final Duration LOOK_EACH = Duration.ofMillis(40);

  /// Memory of dynos that are on their way out is free only when they are gone.
  private static final Duration ROOM_LIMIT = Duration.ofSeconds(45);

  private static final Duration START_LIMIT = Duration.ofMinutes(5);
  private static final int LINES_SHOWN = 15;

  private final Rollout.Parts parts;
  private final App app;
  private final AppSettings settings;

  Readiness(Rollout.Parts parts, App app, AppSettings settings) {
    this.parts = parts;
    this.app = app;
    this.settings = settings;
  }

  /// Returns when all are ready.
  ///
  /// @throws RolloutFailure when one crashes or takes too long
  void await(List<Dyno> candidates) throws InterruptedException {
    var waiting = new ArrayList<>(candidates);
    var began = parts.clock().instant();
    while (!waiting.isEmpty()) {
      parts.watch().look(app.id());
      parts.tables().publish(Set.of(app.id()));
      var revision = parts.routers().revision();
      for (var dyno : waiting) {
        failIfCrashed(dyno);
      }
      waiting.removeIf(this::isReady);
      for (var dyno : waiting) {
        failIfTooSlow(dyno, began);
      }
      if (!waiting.isEmpty()) {
        parts.routers().awaitChange(revision, LOOK_EACH);
      }
    }
  }

  /// The boot limit counts from the start of the process: pulling an image is not the app's fault.
  private void failIfTooSlow(Dyno dyno, Instant began) {
    var state = state(dyno);
    if (state.isPresent() && state.get().running()) {
      if (dyno.name().type().isWeb() && hasRunFor(state.get(), settings.bootLimit())) {
        throw tooSlow(dyno);
      }
    } else if (elapsedSince(began, START_LIMIT)) {
      throw new RolloutFailure(
          "Dyno "
              + dyno.name()
              + " was not started within "
              + START_LIMIT.toMinutes()
              + " minutes. ./slipway doctor shows what the machine lacks");
    }
  }

  private boolean isReady(Dyno dyno) {
    var state = state(dyno);
    if (state.isEmpty() || !state.get().running()) {
      return false;
    }
    return dyno.name().type().isWeb()
        ? parts.routers().reachability(dyno.service()) instanceof Reachability.Reachable
        : hasRunFor(state.get(), PROOF_OF_LIFE);
  }

  private boolean hasRunFor(DynoState state, Duration time) {
    return elapsedSince(state.since(), time);
  }

  private boolean elapsedSince(Instant from, Duration time) {
    return Duration.between(from, parts.clock().instant()).compareTo(time) >= 0;
  }

  private void failIfCrashed(Dyno dyno) {
    var state = state(dyno);
    if (state.isEmpty()) {
      return;
    }
    // Its newest life may have begun already: the engine starts again what has ended.
    var end = state.get().lastEnd();
    if (end != null) {
      throw crashed(dyno, end);
    }
    if (state.get().phase() instanceof Phase.Waiting waiting
        && elapsedSince(state.get().since(), ROOM_LIMIT)) {
      throw new RolloutFailure(
          "Dyno "
              + dyno.name()
              + " has no place: "
              + waiting.why()
              + ". ./slipway doctor shows why");
    }
  }

  private RolloutFailure crashed(Dyno dyno, Phase.Ended ended) {
    var name = dyno.name().toString();
    parts.logs().platform(app.id(), name, "Process exited with status " + ended.exitCode());
    parts.logs().platform(app.id(), name, "State changed from starting to crashed");
    var why = ended.exitCode() == 0 ? " (" + ended.why() + ")" : "";
    return new RolloutFailure(
        "Dyno "
            + name
            + " crashed at boot with status "
            + ended.exitCode()
            + why
            + lastLines(dyno));
  }

  private RolloutFailure tooSlow(Dyno dyno) {
    var name = dyno.name().toString();
    var seconds = settings.bootLimit().toSeconds();
    var message =
        "Error R10 (Boot timeout) -> Web process failed to bind to $PORT within "
            + seconds
            + " seconds of launch";
    parts.logs().platform(app.id(), name, message);
    return new RolloutFailure(
        message + " (" + name + "). " + whatItListensOn(dyno) + lastLines(dyno));
  }

  private String whatItListensOn(Dyno dyno) {
    var port = DynoEnvironment.PORT;
    var listeners = state(dyno).flatMap(state -> parts.engine().listeners(state, port));
    if (listeners.isEmpty()) {
      return "It could not be looked into.";
    }
    if (listeners.get().isEmpty()) {
      return "Nothing in it listens on port " + port + ": let the app listen on $PORT.";
    }
    if (List.of("127.0.0.1", "::1").containsAll(listeners.get())) {
      return "It listens on "
          + String.join(" and ", listeners.get())
          + " only, where no request can reach it: let it listen on 0.0.0.0.";
    }
    return reachabilityWords(dyno);
  }

  private String reachabilityWords(Dyno dyno) {
    return switch (parts.routers().reachability(dyno.service())) {
      case Reachability.Unreachable(var why) -> "The router can't reach it: " + why + ".";
      case Reachability.Unknown() ->
          "No router has reported on it: ./slipway status shows whether the router runs.";
      case Reachability.Reachable() -> "It became reachable just after that.";
    };
  }

  private String lastLines(Dyno dyno) {
    var lines = parts.engine().lastLines(dyno.service(), LINES_SHOWN);
    return lines.isEmpty()
        ? ". It wrote nothing."
        : ". Its last lines:\n" + String.join("\n", lines);
  }

  private Optional<DynoState> state(Dyno dyno) {
    return parts.watch().state(dyno.service());
  }
}
