package dev.slipway.engine;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.ServiceName;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What the engine knows of a dyno at one moment.
///
/// @param once whether it runs once, and is not started again when its process ends
/// @param crashes how often its process ended and it was started again
/// @param lastEnd how its process ended last, if it ever did
/// @param lastLife when its process ran that ended last, if any did
/// @param address its address on the dynos' network, once it has one
/// @param container the engine's id of its container, once it has one
/// @param node the node id of its host, once it has one
/// @param since when it came into its phase
public record DynoState(
    ServiceName service,
    AppId app,
    DynoName dyno,
    boolean once,
    Phase phase,
    int crashes,
    Phase.@Nullable Ended lastEnd,
    @Nullable Life lastLife,
    @Nullable String address,
    @Nullable String container,
    @Nullable String node,
    Instant since) {
  /// One run of a dyno's process, from when the engine took it on until it ended.
  ///
  /// @param crashed whether it ended by itself: neither was it stopped, nor did it never start
  public record Life(Instant began, Instant ended, boolean crashed) {
    /// How long it took, the time until the process started included.
    public Duration length() {
      return Duration.between(began, ended);
    }
  }

  /// How far a dyno is.
  public sealed interface Phase {
    /// No host takes it for now.
    record Waiting(String why) implements Phase {}

    /// A host has it: image, network, container are on their way.
    record Starting() implements Phase {}

    /// Its process runs.
    record Running() implements Phase {}

    /// Its process ended, or could not be started.
    ///
    /// @param exitCode the status it ended with; 0 also when it never started
    /// @param why the engine's words
    record Ended(int exitCode, boolean failed, String why) implements Phase {}
  }

  /// The same with what its earlier lives came to.
  DynoState after(int allCrashes, Phase.@Nullable Ended newestEnd, @Nullable Life newestLife) {
    return new DynoState(
        service,
        app,
        dyno,
        once,
        phase,
        allCrashes,
        newestEnd,
        newestLife,
        address,
        container,
        node,
        since);
  }

  /// Whether its process runs now.
  public boolean running() {
    return phase instanceof Phase.Running;
  }
}
