package dev.slipway.engine;

import dev.slipway.engine.Engine.Unpulled;
import dev.slipway.image.ImageReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The image server's images in the engines of all hosts that can be reached.
///
/// @param engines the way to a node's engine
/// @param auth what is shown to the image server
record HostImages(SwarmNodes nodes, NodeEngines engines, String auth) {
  private static final Logger LOG = Logger.getLogger(HostImages.class.getName());
  static final String PREFIX = ImageReference.ENDPOINT + "/";

  /// Those that any of the hosts has.
  Set<ImageReference> images() {
    var all = new HashSet<ImageReference>();
    for (var engine : reachable()) {
      try {
        new Images(engine)
            .digests(PREFIX)
            .forEach(name -> all.add(ImageReference.of(name.substring(PREFIX.length()))));
      } catch (RuntimeException away) {
        LOG.log(Level.FINE, "A host did not tell its images", away);
      }
    }
    return Set.copyOf(all);
  }

  /// Removes the image wherever nothing uses it.
  void remove(ImageReference image) {
    for (var engine : reachable()) {
      try {
        new Images(engine).remove(image.onHost(), false);
      } catch (RuntimeException away) {
        LOG.log(Level.FINE, "A host did not remove an image", away);
      }
    }
  }

  private List<DockerApi> reachable() {
    return nodes.list().stream()
        .filter(SwarmNodes.Node::ready)
        .flatMap(node -> engines.of(node.id()).stream())
        .toList();
  }

  /// Has the nodes pull the image, unless they have it.
  List<Unpulled> pull(ImageReference image, List<SwarmNodes.Node> takers, Duration limit) {
    var end = System.nanoTime() + limit.toNanos();
    var pulls = new ArrayList<Future<?>>();
    var missed = new ArrayList<Unpulled>();
    var threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      takers.forEach(node -> pulls.add(threads.submit(() -> pull(image, node))));
      for (var i = 0; i < pulls.size(); i++) {
        var why = await(pulls.get(i), end);
        if (!why.isEmpty()) {
          missed.add(new Unpulled(takers.get(i).hostName(), why));
        }
      }
    } finally {
      threads.shutdownNow();
    }
    return List.copyOf(missed);
  }

  private void pull(ImageReference image, SwarmNodes.Node node) {
    var engine = engines.of(node.id());
    if (engine.isEmpty()) {
      throw new IllegalStateException("its agent is silent");
    }
    var images = new Images(engine.get());
    if (images.find(image.onHost()).isEmpty()) {
      images.pull(image, auth);
    }
  }

  /// Why it did not come to an end in time, or nothing.
  private static String await(Future<?> pull, long end) {
    try {
      pull.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      return "";
    } catch (TimeoutException e) {
      pull.cancel(true);
      return "it took too long";
    } catch (ExecutionException e) {
      var cause = e.getCause();
      return cause == null ? "it failed" : String.valueOf(cause.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while hosts pulled an image", e);
    }
  }
}
