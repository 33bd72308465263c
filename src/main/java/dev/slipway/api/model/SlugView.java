package dev.slipway.api.model;

import java.time.Instant;
import java.util.SortedMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a build gave.
public record SlugView(
    Blob blob,
    @Nullable String buildpackProvidedDescription,
    @Nullable String checksum,
    @Nullable String commit,
    @Nullable String commitDescription,
    Instant createdAt,
    @Nullable Instant deletedAt,
    UUID id,
    SortedMap<String, String> processTypes,
    @Nullable Long size,
    Reference stack,
    Instant updatedAt) {
  /// Where the image lies; only the hosts reach it.
  public record Blob(String method, String url) {}
}
