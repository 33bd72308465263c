package dev.slipway.install;

import dev.slipway.engine.ContainerSpec;
import dev.slipway.engine.ContainerState;
import dev.slipway.engine.Containers;
import dev.slipway.engine.DockerApi;
import dev.slipway.engine.Images;
import java.util.function.Consumer;

/// Slipway's own containers on one host, this one or another: each is made, started or replaced, so
/// that it runs from its current spec.
final class HostParts {
  private final Containers containers;
  private final SystemContainers system;
  private final RouterHandover routers;

  /// @param docker the host's engine
  HostParts(DockerApi docker) {
    this.containers = new Containers(docker);
    this.system = new SystemContainers(containers, new Images(docker));
    this.routers = new RouterHandover(containers, system);
  }

  /// Makes the part run from this spec and its current image. The router is replaced while it
  /// serves; a gate made anew has another namespace, so the routers of the one before go first.
  String ensure(ContainerSpec spec, Consumer<String> detail) {
    if (spec.name().equals(SystemParts.container("router"))) {
      return routers.ensure(spec, detail);
    }
    if (spec.name().equals(SystemParts.container("gate"))
        && !system.isCurrent(system.labelled(spec))) {
      routers.clear();
    }
    return system.ensure(spec);
  }

  /// Makes the part from this spec and its current image, and leaves it to others to start it.
  String make(ContainerSpec spec) {
    return system.make(spec);
  }

  /// The identifier of the gate's container; empty where there is none.
  String gateId() {
    return containers.find(SystemParts.container("gate")).map(ContainerState::id).orElse("");
  }

  /// Whether the router is there and all its workers use a table.
  boolean routerIsReady() {
    return routers.isReady();
  }

  /// Removes gate and routers.
  void removeFront() {
    routers.clear();
    containers.remove(SystemParts.container("gate"));
  }

  /// What the part wrote last.
  String lastLines(String part) {
    return String.join("\n", containers.lastLines(SystemParts.container(part), 10));
  }
}
