package dev.slipway.engine;

import java.util.Optional;

/// The engines of the fleet's other hosts, as far as they can be reached now. Thread-safe.
public interface HostEngines {
  /// A fleet of this host alone.
  HostEngines NONE =
      new HostEngines() {
        @Override
        public Optional<DockerApi> of(String node) {
          return Optional.empty();
        }

        @Override
        public Optional<HostFigures> figures(String node) {
          return Optional.empty();
        }
      };

  /// The engine of the host with that node id. It is good until the host is out of reach; whoever
  /// keeps it for longer asks again.
  Optional<DockerApi> of(String node);

  /// What the host told last of itself.
  Optional<HostFigures> figures(String node);
}
