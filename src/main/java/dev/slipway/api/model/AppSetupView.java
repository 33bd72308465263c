package dev.slipway.api.model;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The making of an app from a source with an `app.json`.
///
/// @param manifestErrors always empty: what is wrong with the file is said before anything is made
public record AppSetupView(
    Reference app,
    @Nullable Build build,
    Instant createdAt,
    @Nullable String failureMessage,
    UUID id,
    List<String> manifestErrors,
    @Nullable Postdeploy postdeploy,
    @Nullable String resolvedSuccessUrl,
    String status,
    Instant updatedAt) {
  /// The build of its code.
  public record Build(UUID id, String outputStreamUrl, String status) {}

  /// What its command came to.
  public record Postdeploy(int exitCode, String output) {}
}
