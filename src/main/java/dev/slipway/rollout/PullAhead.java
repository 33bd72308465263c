package dev.slipway.rollout;

import dev.slipway.core.ProcessType;
import dev.slipway.engine.Engine;
import dev.slipway.engine.Engine.Unpulled;
import dev.slipway.image.ImageReference;
import dev.slipway.release.Release;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Brings a release's images to the hosts before its dynos start. A host that lacks one would pull
/// it when its dyno starts, within the time that this has to boot.
///
/// @param pools by process type, the pool of hosts that its dynos are tied to
record PullAhead(Engine engine, Map<ProcessType, String> pools) {
  /// A host whose network is so slow pulls on by itself, when its dyno starts.
  private static final Duration LIMIT = Duration.ofSeconds(90);

  private record Pull(ImageReference image, @Nullable String pool) {}

  /// Pulls what the types' dynos need; types that the release has not need nothing.
  ///
  /// @return the hosts that don't have it now
  List<Unpulled> pull(Release release, Collection<ProcessType> types) {
    return types.stream()
        .flatMap(
            type -> release.process(type).stream().map(it -> new Pull(it.image(), pools.get(type))))
        .distinct()
        .flatMap(pull -> engine.pull(pull.image(), pull.pool(), LIMIT).stream())
        .toList();
  }
}
