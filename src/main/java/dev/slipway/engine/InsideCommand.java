package dev.slipway.engine;

import dev.slipway.core.Secret;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A command to be run inside a dyno.
///
/// @param command a shell command
/// @param environment what is added to the dyno's environment
/// @param terminal the window of the terminal that the command gets, or null for pipes
public record InsideCommand(
    String command, SortedMap<String, Secret> environment, @Nullable TerminalSize terminal) {
  /// Copies the environment.
  public InsideCommand {
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
  }
}
