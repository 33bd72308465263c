package dev.slipway.engine;

import dev.slipway.engine.Engine.Crowded;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/// How much of a host's disk the images of apps, the image server and the builder may take
/// together, and never so much that less than 2 GB are free.
///
/// @param hosts tells how full the disks are
/// @param percent of the disk
record DiskBudget(SwarmNodes nodes, NodeEngines engines, HostEngines hosts, int percent) {
  private static final Logger LOG = Logger.getLogger(DiskBudget.class.getName());

  /// What image server and builder keep.
  private static final Set<String> VOLUMES = Set.of("slipway-registry", "slipway-builder");

  private static final long FREE = 2L << 30;

  /// The hosts that are over it.
  List<Crowded> crowded() {
    var crowded = new ArrayList<Crowded>();
    for (var node : nodes.list()) {
      if (node.ready()) {
        why(node.id()).ifPresent(why -> crowded.add(new Crowded(node.hostName(), why)));
      }
    }
    return List.copyOf(crowded);
  }

  /// Why this host is over it, if it is.
  Optional<String> here() {
    return why(engines.own());
  }

  private Optional<String> why(String node) {
    return hosts
        .figures(node)
        .flatMap(figures -> engines.of(node).flatMap(engine -> why(engine, figures)));
  }

  private Optional<String> why(DockerApi engine, HostFigures figures) {
    var free = figures.diskTotal() - figures.diskUsed();
    if (free < FREE) {
      return Optional.of("%s GB of its disk are free".formatted(gigabytes(free)));
    }
    try {
      var taken = images(engine) + volumes(engine);
      return taken <= figures.diskTotal() * percent / 100
          ? Optional.empty()
          : Optional.of(
              "images and build cache take %s of its %s GB of disk"
                  .formatted(gigabytes(taken), gigabytes(figures.diskTotal())));
    } catch (RuntimeException away) {
      LOG.log(Level.FINE, "A host did not tell how large its images are", away);
      return Optional.empty();
    }
  }

  /// Images share their lower layers. What is at the same place above the same layers, made by the
  /// same command at the same time, is the same layer.
  private static long images(DockerApi engine) {
    var sizes = new HashMap<String, Long>();
    for (var image : new Images(engine).digests(HostImages.PREFIX)) {
      var layers =
          new ArrayList<>(engine.get("/images/" + image + "/history").valueStream().toList());
      var below = "";
      for (var layer : layers.reversed()) {
        var size = layer.path("Size").asLong();
        var made = layer.path("CreatedBy").asString("") + layer.path("Created").asLong() + size;
        below = Integer.toHexString(below.hashCode()) + made;
        sizes.put(below, size);
      }
    }
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  private static long volumes(DockerApi engine) {
    return engine
        .get("/system/df")
        .path("Volumes")
        .valueStream()
        .filter(volume -> VOLUMES.contains(volume.path("Name").asString("")))
        .mapToLong(volume -> Math.max(0, volume.path("UsageData").path("Size").asLong(0)))
        .sum();
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f", (double) bytes / (1L << 30));
  }
}
