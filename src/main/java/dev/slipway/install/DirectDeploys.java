package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.ContainerState;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Deploys where control does not run: a container takes its place for one deploy.
final class DirectDeploys {
  private static final String CONTROL = SystemParts.container("control");
  private static final String RESTING = SystemContainers.retired(CONTROL);
  private static final int STOP_SECONDS = 10;
  private static final int LAST_LINES = 200;
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST = Duration.ofHours(3);

  private final Installation installation;

  DirectDeploys(Installation installation) {
    this.installation = installation;
  }

  /// Deploys, and puts control back.
  ///
  /// @param what an image of this machine, or the version of a release
  /// @param lines receives what is told, as it comes
  /// @throws UserError where control runs, or the release did not go live
  void deploy(String app, String what, Consumer<String> lines) {
    requireSilence();
    makeRoom();
    try {
      start(app, what);
      follow(lines);
    } finally {
      putBack();
    }
  }

  private void requireSilence() {
    if (Health.of("control")) {
      throw new UserError(
          new Problem(
              ErrorCode.CONFLICT,
              "Control runs, so nothing has to be deployed without it",
              "git push and heroku releases:rollback work",
              "Where it does not do its part: docker stop " + CONTROL + ", then this again"));
    }
  }

  /// Where this was broken off before, control rests already.
  private void makeRoom() {
    var containers = installation.containers();
    if (containers.find(RESTING).isEmpty() && containers.find(CONTROL).isPresent()) {
      containers.stop(CONTROL, STOP_SECONDS);
      containers.rename(CONTROL, RESTING);
    }
    containers.remove(CONTROL);
  }

  /// It deploys once, so the engine must not start it again.
  private void start(String app, String what) {
    var containers = installation.containers();
    containers.create(installation.parts().direct(app, what));
    containers.startNoMore(CONTROL);
    containers.start(CONTROL);
  }

  private void follow(Consumer<String> lines) {
    var told = new Told(lines);
    var hasEnded = Waiting.until(LONGEST, PAUSE, () -> ends(told));
    var code = state().exitCode();
    if (!hasEnded || code != 0) {
      throw new UserError(problem(code));
    }
  }

  /// What was told last is shown too.
  private boolean ends(Told told) {
    var ended = !state().running();
    told.now();
    return ended;
  }

  private Problem problem(int exitCode) {
    var last = installation.containers().lastLines(CONTROL, LAST_LINES);
    var kind =
        Stream.of(ErrorCode.values())
            .filter(each -> each.exitCode() == exitCode)
            .findFirst()
            .orElse(ErrorCode.INTERNAL);
    return Problem.lastTold(kind, last)
        .orElseGet(() ->
            new Problem(
                kind,
                "The deploy broke off",
                String.join("\n", last.subList(Math.max(0, last.size() - 10), last.size())),
                "Control goes on with what was begun: ./slipway up"));
  }

  private ContainerState state() {
    return installation.containers().find(CONTROL).orElseThrow();
  }

  private final class Told {
    private final Consumer<String> lines;
    private int count;

    Told(Consumer<String> lines) {
      this.lines = lines;
    }

    void now() {
      List<String> output = installation.containers().output(CONTROL);
      output.subList(count, output.size()).forEach(lines);
      count = output.size();
    }
  }

  private void putBack() {
    var containers = installation.containers();
    containers.remove(CONTROL);
    if (containers.find(RESTING).isPresent()) {
      containers.rename(RESTING, CONTROL);
      containers.start(CONTROL);
    }
  }
}
