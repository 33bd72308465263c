package dev.slipway.install;

import dev.slipway.core.UserError;
import dev.slipway.safekeeping.Copies;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How an installation is.
///
/// @param engine whether Docker Engine answers
/// @param parts Slipway's own containers
/// @param dynos how many dynos are to run
/// @param troubles what is said of databases that are away or whose disk is nearly full, as far as
///   control tells
/// @param copies what is not well with the copies of control's state; null where all is
public record Status(
    boolean engine, List<Part> parts, int dynos, List<String> troubles, @Nullable String copies) {
  /// Copies the lists.
  public Status {
    parts = List.copyOf(parts);
    troubles = List.copyOf(troubles);
  }

  private static final List<String> PARTS =
      List.of("wall", "registry", "builder", "control", "agent", "gate", "router");

  /// One of Slipway's own containers.
  ///
  /// @param name such as `control`
  /// @param state what it does
  public record Part(String name, State state) {}

  /// What a part does.
  public enum State {
    /// It runs, and answers where it has a port.
    UP,
    /// It runs and does not answer.
    SILENT,
    /// It stands still.
    STOPPED,
    /// There is none.
    MISSING
  }

  /// Whether all is well.
  public boolean isUp() {
    return troubles.isEmpty() && copies == null && partsAreUp();
  }

  /// Whether Slipway itself is well, whatever became of other hosts.
  public boolean partsAreUp() {
    return engine && parts.stream().allMatch(part -> part.state() == State.UP);
  }

  static Status of(Installation installation) {
    if (!installation.docker().answers()) {
      return new Status(false, List.of(), 0, List.of(), null);
    }
    var parts = new ArrayList<Part>();
    for (var name : PARTS) {
      if (installation.checkout().hasImage(name)) {
        parts.add(new Part(name, state(installation, name)));
      }
    }
    var isManager =
        installation.swarm().info().membership()
            == dev.slipway.engine.SwarmSetup.Membership.MANAGER;
    var dynos =
        isManager
            ? installation.swarm().labelled(Down.APP_LABEL).stream()
                .mapToInt(service -> service.replicas())
                .sum()
            : 0;
    return new Status(true, parts, dynos, troubles(installation, parts), copies(installation));
  }

  /// Another manager's control keeps its copies there.
  private static @Nullable String copies(Installation installation) {
    return Files.exists(Copies.keyFile(installation.home().directory()))
            && !new Managers(installation).controlIsElsewhere()
        ? installation.stateCopies().report().problem(Instant.now()).orElse(null)
        : null;
  }

  private static List<String> troubles(Installation installation, List<Part> parts) {
    if (!parts.contains(new Part("control", State.UP))) {
      return List.of();
    }
    try {
      return installation.databases().troubles();
    } catch (UncheckedIOException | UserError controlIsAway) {
      return List.of();
    }
  }

  private static State state(Installation installation, String part) {
    var container = installation.containers().find(SystemParts.container(part));
    if (container.isEmpty()) {
      return State.MISSING;
    }
    if (!container.get().running()) {
      return State.STOPPED;
    }
    return Health.of(part) ? State.UP : State.SILENT;
  }
}
