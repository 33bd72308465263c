package dev.slipway.release;

import dev.slipway.core.AppId;
import dev.slipway.core.ProcessType;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// What a build gave: the image and command of each process type, from one commit.
///
/// @param language what it was built as, such as `Node.js`
public record Slug(
    UUID id,
    AppId app,
    String commit,
    String language,
    SortedMap<ProcessType, SlugProcess> processes,
    Instant createdAt) {
  /// Copies the processes.
  public Slug {
    processes = Collections.unmodifiableSortedMap(new TreeMap<>(processes));
  }

  /// The same code on another app: the very same images, wherever they lie.
  public Slug onto(AppId another) {
    return new Slug(UUID.randomUUID(), another, commit, language, processes, createdAt);
  }
}
