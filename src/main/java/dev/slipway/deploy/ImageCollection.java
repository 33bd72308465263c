package dev.slipway.deploy;

import dev.slipway.apps.Apps;
import dev.slipway.engine.Containers;
import dev.slipway.engine.Engine;
import dev.slipway.image.ImageReference;
import dev.slipway.image.ImageServer;
import dev.slipway.image.ImageWriters;
import dev.slipway.release.Releases;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/// Makes room on the host that has the image server and the builder, once its disk is crowded:
/// images leave the image server that no app needs, and the builder forgets what it has not used
/// for long. The newest five of each app stay, and what was pushed last by docker clients. Images
/// in a store that is elsewhere take no disk, and stay.
public final class ImageCollection implements AutoCloseable {
  private static final String REGISTRY = "slipway-registry";
  private static final String BUILDER = "slipway-builder";
  private static final String IMAGES = "/var/lib/registry/docker/registry/v2";
  private static final Duration EACH = Duration.ofMinutes(10);
  private static final Duration QUIET = Duration.ofMinutes(10);

  private static final List<String> COLLECT =
      List.of("docker-registry", "garbage-collect", "/etc/docker-registry.yml");

  private static final List<String> PRUNE =
      List.of("docker", "builder", "prune", "--all", "--force", "--keep-storage", "1GB");

  private static final Logger LOG = Logger.getLogger(ImageCollection.class.getName());

  private final ImageServer images;
  private final String registry;
  private final Containers containers;
  private final Engine engine;
  private final Apps apps;
  private final Releases releases;
  private final ImageWriters writers;
  private final Thread thread = Thread.ofVirtual().name("image-collection").unstarted(this::goOn);

  /// @param containers those of the host that has the image server
  public ImageCollection(
      ImageServer images,
      Containers containers,
      Engine engine,
      Apps apps,
      Releases releases,
      ImageWriters writers) {
    this(images, REGISTRY, containers, engine, apps, releases, writers);
  }

  /// @param registry the container of the image server
  ImageCollection(
      ImageServer images,
      String registry,
      Containers containers,
      Engine engine,
      Apps apps,
      Releases releases,
      ImageWriters writers) {
    this.images = images;
    this.registry = registry;
    this.containers = containers;
    this.engine = engine;
    this.apps = apps;
    this.releases = releases;
    this.writers = writers;
  }

  /// Looks every ten minutes from now on.
  public void start() {
    thread.start();
  }

  private void goOn() {
    try {
      while (true) {
        Thread.sleep(EACH);
        look();
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    try {
      engine.crowdedHere().ifPresent(this::makeRoom);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "Room for images is made later", e);
    }
  }

  private void makeRoom(String why) {
    LOG.info("This host is short of disk: " + why + "; making room");
    if (!writers.collect(QUIET, this::collect)) {
      LOG.info("Images are being written; the image server is seen to later");
    }
    execute(BUILDER, PRUNE);
  }

  /// Has the image server give up what no app needs.
  void collect() {
    if (!isOnThisHost()) {
      return;
    }
    var needless = releases.needless(known());
    needless.forEach(images::delete);
    execute(registry, COLLECT);
    LOG.info(needless.size() + " images that no app needs have left the image server");
  }

  private boolean isOnThisHost() {
    return containers.execute(
            registry, List.of("test", "-d", IMAGES), InputStream.nullInputStream(), _ -> {})
        == 0;
  }

  /// Those of builds, and those that releases had. What docker clients pushed last to an app may be
  /// released yet.
  private Set<ImageReference> known() {
    var known = new HashSet<>(releases.images());
    var pushed = new HashSet<ImageReference>();
    var ofApps = apps.list().stream().map(PushedImages::repository).collect(Collectors.toSet());
    for (var repository : images.repositories()) {
      for (var tag : images.tags(repository)) {
        var mayBeReleased = PushedImages.isTag(tag) && ofApps.contains(repository);
        images.find(repository, tag).ifPresent((mayBeReleased ? pushed : known)::add);
      }
    }
    known.removeAll(pushed);
    return known;
  }

  private void execute(String container, List<String> command) {
    var last = new StringBuilder();
    var status =
        containers.execute(
            container, command, InputStream.nullInputStream(), line -> keep(last, line));
    if (status != 0) {
      throw new IllegalStateException(
          String.join(" ", command) + " ended with " + status + ": " + last);
    }
  }

  private static void keep(StringBuilder last, String line) {
    last.setLength(0);
    last.append(line);
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
