package dev.slipway.setups;

import dev.slipway.core.AppId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The making of an app from a source with an `app.json`.
///
/// @param build the build of its code
/// @param failure why it failed, or null
/// @param postdeploy what its command came to, once it has ended
/// @param successUrl where to go once the app is there, or null
public record AppSetup(
    UUID id,
    AppId app,
    SetupStatus status,
    UUID build,
    @Nullable String failure,
    @Nullable Postdeploy postdeploy,
    @Nullable String successUrl,
    Instant createdAt,
    Instant updatedAt) {
  /// What the postdeploy command came to.
  public record Postdeploy(String output, int exitCode) {}
}
