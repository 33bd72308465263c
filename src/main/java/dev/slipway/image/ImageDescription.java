package dev.slipway.image;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// What an image says of itself.
///
/// @param entrypoint the fixed part of its command; empty when it has none
/// @param command the image's own command; empty when it has none
/// @param ports the TCP ports that it exposes
public record ImageDescription(List<String> entrypoint, List<String> command, Set<Integer> ports) {
  /// Copies the parts.
  public ImageDescription {
    entrypoint = List.copyOf(entrypoint);
    command = List.copyOf(command);
    SortedSet<Integer> sorted = new TreeSet<>(ports);
    ports = Collections.unmodifiableSortedSet(sorted);
  }
}
