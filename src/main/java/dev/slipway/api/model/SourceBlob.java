package dev.slipway.api.model;

import org.jspecify.annotations.Nullable;

/// Where a build's source came from.
public record SourceBlob(
    @Nullable String checksum,
    String url,
    @Nullable String version,
    @Nullable String versionDescription) {}
