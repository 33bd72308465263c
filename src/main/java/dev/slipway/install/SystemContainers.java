package dev.slipway.install;

import dev.slipway.engine.ContainerSpec;
import dev.slipway.engine.ContainerState;
import dev.slipway.engine.Containers;
import dev.slipway.engine.DockerException;
import dev.slipway.engine.Images;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/// Runs Slipway's own containers, each from its current image and spec.
final class SystemContainers {
  private static final String SPEC_LABEL = "slipway.spec";
  private static final int STOP_SECONDS = 10;
  private static final int ROUTER_STOP_SECONDS = 1;

  private final Containers containers;
  private final Images images;

  SystemContainers(Containers containers, Images images) {
    this.containers = containers;
    this.images = images;
  }

  /// Leaves the container alone where it runs from this very image and spec; starts it where it
  /// only stands still; makes it anew otherwise.
  String ensure(ContainerSpec spec) {
    var image = images.find(spec.image()).orElseThrow().id();
    var wanted = spec.withLabel(SPEC_LABEL, hash(spec + image));
    var state = containers.find(spec.name());
    var isCurrent =
        state.isPresent()
            && containers.labels(spec.name()).entrySet().containsAll(wanted.labels().entrySet());
    if (isCurrent && state.get().running()) {
      return "running";
    }
    if (isCurrent) {
      containers.start(spec.name());
      return "started";
    }
    var old = state.map(ContainerState::image);
    replace(wanted);
    old.filter(id -> !id.equals(image)).ifPresent(id -> images.remove(id, false));
    return old.isPresent() ? "replaced" : "made";
  }

  /// The new container is made while the old one still runs, so that between the old one's end and
  /// the new one's start there is nothing else to do.
  private void replace(ContainerSpec spec) {
    var retired = spec.name() + "-retired";
    containers.remove(retired);
    if (containers.find(spec.name()).isPresent() && !renames(spec.name(), retired)) {
      containers.remove(spec.name());
    }
    spec.mounts().stream()
        .filter(mount -> !mount.source().startsWith("/"))
        .forEach(
            mount -> containers.createVolume(mount.source(), Map.of(SystemParts.LABEL, "volume")));
    containers.create(spec);
    if (containers.find(retired).map(ContainerState::running).orElse(false)) {
      containers.stop(retired, patience(spec));
    }
    containers.start(spec.name());
    containers.remove(retired);
  }

  /// A container that crashes again and again can't be renamed in between.
  private boolean renames(String name, String other) {
    try {
      containers.rename(name, other);
      return true;
    } catch (DockerException refused) {
      return false;
    }
  }

  /// The router listens no more while it waits for its last requests, so it may not wait for long.
  private static int patience(ContainerSpec spec) {
    return spec.ports().stream().anyMatch(port -> port.hostAddress().isEmpty())
        ? ROUTER_STOP_SECONDS
        : STOP_SECONDS;
  }

  private static String hash(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)))
          .substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
