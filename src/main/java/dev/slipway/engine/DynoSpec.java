package dev.slipway.engine;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.Secret;
import dev.slipway.core.ServiceName;
import dev.slipway.image.ImageReference;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// All that the engine needs to run a dyno.
///
/// @param command a shell command, or null for the image's own
/// @param environment the whole environment; values may hold anything but the null character
/// @param grace how long it may take to end after SIGTERM
/// @param pool the hosts that it may run on, or null for any
/// @param beside the dynos of its type that it is to serve with, itself among them: they are spread
///   over the hosts
public record DynoSpec(
    ServiceName service,
    AppId app,
    DynoName dyno,
    ImageReference image,
    @Nullable String command,
    SortedMap<String, Secret> environment,
    DynoSize size,
    Duration grace,
    @Nullable String pool,
    Set<ServiceName> beside) {
  /// Copies environment and set.
  public DynoSpec {
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    beside = Set.copyOf(beside);
  }

  /// One that may run on any host, wherever others are.
  public DynoSpec(
      ServiceName service,
      AppId app,
      DynoName dyno,
      ImageReference image,
      @Nullable String command,
      SortedMap<String, Secret> environment,
      DynoSize size,
      Duration grace) {
    this(service, app, dyno, image, command, environment, size, grace, null, Set.of());
  }

  /// The same dyno in another environment.
  DynoSpec in(SortedMap<String, Secret> other) {
    return new DynoSpec(service, app, dyno, image, command, other, size, grace, pool, beside);
  }
}
