package dev.slipway.oneoff;

import dev.slipway.core.DynoSize;
import dev.slipway.core.ProcessType;
import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What somebody wants to be run once.
///
/// @param command a shell command, or one whose first word is a process type
/// @param tellsStatus whether an attached client wants to know the command's status
/// @param attach whether its input and output are the client's
/// @param environment variables on top of the release's
/// @param type the process type that the dyno goes by, or null for `run`
/// @param terminal whether an attached command gets a terminal
/// @param timeToLive how long it may run
public record OneOffRequest(
    String command,
    boolean tellsStatus,
    boolean attach,
    SortedMap<String, String> environment,
    DynoSize size,
    @Nullable ProcessType type,
    boolean terminal,
    Duration timeToLive) {
  /// The longest that a one-off dyno may run, and how long it may unless it is told otherwise.
  public static final Duration LONGEST = Duration.ofHours(24);

  /// A request as a client sends it, which asks for the status by what it adds to the command.
  public static OneOffRequest of(
      String command,
      boolean attach,
      SortedMap<String, String> environment,
      DynoSize size,
      @Nullable ProcessType type,
      boolean terminal,
      Duration timeToLive) {
    return new OneOffRequest(
        ExitMarker.without(command),
        ExitMarker.isIn(command),
        attach,
        environment,
        size,
        type,
        terminal,
        timeToLive);
  }

  /// A command without a client and without variables of its own.
  public static OneOffRequest detached(String command, DynoSize size, ProcessType type) {
    return new OneOffRequest(command, false, false, new TreeMap<>(), size, type, false, LONGEST);
  }

  /// Copies the environment.
  public OneOffRequest {
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
  }

  ProcessType typeOr(ProcessType otherwise) {
    return type == null ? otherwise : type;
  }

  /// Whether its client has a window, and tells its size.
  boolean hasWindow() {
    return terminal && Window.isIn(environment);
  }

  /// The same without the window's size among the variables: programs take that for what does not
  /// change, and look at their terminal no more.
  OneOffRequest withoutWindow() {
    return new OneOffRequest(
        command,
        tellsStatus,
        attach,
        Window.without(environment),
        size,
        type,
        terminal,
        timeToLive);
  }
}
