package dev.slipway.oneoff;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ReleaseVersion;
import dev.slipway.core.ServiceName;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A one-off dyno that has not been removed yet.
///
/// @param version that of its release
/// @param command as it is shown to people
/// @param attached whether it lives and dies with a client
/// @param endsAt when it is stopped if it still runs
/// @param beginBy until when it may be started, where it was promised; null for one that was
///   started by whoever wrote it
/// @param begun whether it was surely started; one that was not may have been
record OneOff(
    UUID id,
    AppId app,
    DynoName name,
    ServiceName service,
    UUID release,
    ReleaseVersion version,
    DynoSize size,
    String command,
    boolean attached,
    Instant createdAt,
    Instant endsAt,
    @Nullable Instant beginBy,
    boolean begun) {
  /// Whether somebody waits for its end who is not its client.
  boolean promised() {
    return beginBy != null;
  }
}
