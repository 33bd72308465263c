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

  private final Containers containers;
  private final Images images;

  SystemContainers(Containers containers, Images images) {
    this.containers = containers;
    this.images = images;
  }

  /// Leaves the container alone where it runs from this very image and spec; starts it where it
  /// only stands still; makes it anew otherwise.
  String ensure(ContainerSpec spec) {
    var wanted = labelled(spec);
    var state = containers.find(spec.name());
    if (!isCurrent(wanted)) {
      replace(wanted);
      return state.isPresent() ? "replaced" : "made";
    }
    containers.start(spec.name());
    return state.map(ContainerState::running).orElse(false) ? "running" : "started";
  }

  /// The same without starting it.
  String make(ContainerSpec spec) {
    var wanted = labelled(spec);
    if (isCurrent(wanted)) {
      return "there already";
    }
    containers.remove(spec.name());
    createVolumes(spec);
    containers.create(wanted);
    return "made";
  }

  private void createVolumes(ContainerSpec spec) {
    spec.mounts().stream()
        .filter(mount -> !mount.source().startsWith("/"))
        .forEach(
            mount -> containers.createVolume(mount.source(), Map.of(SystemParts.LABEL, "volume")));
  }

  /// The spec with a label that tells it, and its image as it is now, from any other.
  ContainerSpec labelled(ContainerSpec spec) {
    var image = images.find(spec.image()).orElseThrow().id();
    return spec.withLabel(SPEC_LABEL, hash(spec + image));
  }

  /// Whether the container was made from this labelled spec.
  boolean isCurrent(ContainerSpec labelled) {
    return containers.labels(labelled.name()).entrySet().containsAll(labelled.labels().entrySet());
  }

  /// Removes a container that was replaced, and its image when nothing else has that.
  void removeWithImage(String name) {
    var image = containers.find(name).map(ContainerState::image);
    containers.remove(name);
    image.ifPresent(id -> images.remove(id, false));
  }

  /// The new container is made while the old one still runs, so that between the old one's end and
  /// the new one's start there is nothing else to do.
  private void replace(ContainerSpec spec) {
    var retired = retired(spec.name());
    containers.remove(retired);
    if (containers.find(spec.name()).isPresent() && !renames(spec.name(), retired)) {
      containers.remove(spec.name());
    }
    createVolumes(spec);
    containers.create(spec);
    if (containers.find(retired).map(ContainerState::running).orElse(false)) {
      containers.stop(retired, STOP_SECONDS);
    }
    containers.start(spec.name());
    removeWithImage(retired);
  }

  /// What a container is called while another one has its name.
  static String retired(String name) {
    return name + "-retired";
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
