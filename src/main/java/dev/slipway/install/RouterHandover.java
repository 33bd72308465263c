package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.ContainerSpec;
import dev.slipway.engine.ContainerState;
import dev.slipway.engine.Containers;
import dev.slipway.engine.DockerException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// Replaces the router while it serves. Both stand in the gate's network namespace and listen on
/// the same ports; the old one closes clients' connections with their next answer, and ends when
/// the new one is ready and its own last request is answered. Killed anywhere, it goes on where it
/// stopped.
final class RouterHandover {
  private static final String ROUTER = SystemParts.container("router");
  private static final String RETIRED = SystemContainers.retired(ROUTER);

  /// A router's start takes half a second; addresses from disk are checked by name meanwhile.
  private static final Duration READY = Duration.ofSeconds(20);

  /// So long the old router has told its clients to go, before it closes connections that are idle.
  private static final Duration FAREWELL = Duration.ofSeconds(3);

  /// Longer than the router itself gives its last requests.
  private static final Duration LAST_REQUESTS = Duration.ofSeconds(70);

  private final Containers containers;
  private final SystemContainers system;

  RouterHandover(Containers containers, SystemContainers system) {
    this.containers = containers;
    this.system = system;
  }

  /// Makes the router run from this spec and its current image.
  ///
  /// @throws UserError when the new router does not get ready; the old one serves on
  String ensure(ContainerSpec spec, Consumer<String> detail) {
    var wanted = system.labelled(spec);
    var isCurrent = system.isCurrent(wanted);
    if (!isCurrent) {
      setAside(detail);
      containers.create(wanted);
    }
    if (isRunning(RETIRED)) {
      takeOver(detail);
      return "replaced while it served";
    }
    var ran = isRunning(ROUTER);
    containers.start(ROUTER);
    system.removeWithImage(RETIRED);
    return ran ? "running" : isCurrent ? "started" : "made";
  }

  private void takeOver(Consumer<String> detail) {
    ask(RETIRED, "leave");
    var told = System.nanoTime();
    containers.start(ROUTER);
    detail.accept("waiting for the new router");
    if (!Waiting.until(READY, this::isReady)) {
      throw undone();
    }
    Waiting.until(FAREWELL.minusNanos(System.nanoTime() - told), () -> !isRunning(RETIRED));
    end(detail);
  }

  /// Whether the router is there and all its workers use a table.
  boolean isReady() {
    return ask(ROUTER, "ready");
  }

  /// Removes every router. A gate made anew takes the ports from them, and has another namespace.
  void clear() {
    containers.remove(ROUTER);
    containers.remove(RETIRED);
  }

  /// A router that serves gets another name and serves on; one that doesn't is of no use. Two that
  /// serve are from a handover that was broken off: the older one ends first.
  private void setAside(Consumer<String> detail) {
    if (!isRunning(ROUTER)) {
      containers.remove(ROUTER);
      return;
    }
    end(detail);
    containers.rename(ROUTER, RETIRED);
  }

  private boolean ask(String container, String what) {
    try {
      var command = List.of("slipway-router", what);
      return containers.execute(container, command, InputStream.nullInputStream(), _ -> {}) == 0;
    } catch (DockerException notRunning) {
      return false;
    }
  }

  private UserError undone() {
    var lines = String.join("\n", containers.lastLines(ROUTER, 10));
    containers.remove(ROUTER);
    ask(RETIRED, "stay");
    containers.rename(RETIRED, ROUTER);
    return new UserError(
        new Problem(
            ErrorCode.UNAVAILABLE,
            "The new router does not get ready; the one before it serves on",
            lines,
            "`./slipway doctor` looks for a cause, `./slipway up` tries again."));
  }

  /// Lets the old router, if there is one, answer its last requests and removes it.
  private void end(Consumer<String> detail) {
    if (isRunning(RETIRED)) {
      containers.startNoMore(RETIRED);
      containers.signal(RETIRED, "QUIT");
      detail.accept("the old router answers its last requests");
      Waiting.until(LAST_REQUESTS, () -> !isRunning(RETIRED));
    }
    system.removeWithImage(RETIRED);
  }

  private boolean isRunning(String name) {
    return containers.find(name).map(ContainerState::running).orElse(false);
  }
}
