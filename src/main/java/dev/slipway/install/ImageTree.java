package dev.slipway.install;

import dev.slipway.objects.ObjectStore;
import dev.slipway.objects.StoredObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The image server's files, which it lays out alike in a volume and in a store: so they are copied
/// from one to the other as they are. What is there already is left alone, so a copy that was
/// broken off goes on.
///
/// @param root of the volume
record ImageTree(Path root) {
  private static final String IMAGES = "docker/registry/v2";

  /// Pushes that have not ended; they are of no use to anybody else.
  private static final String UPLOADS = "_uploads";

  /// Files by this name hold what their path says; all others are small.
  private static final String CONTENT = "/data";

  private static final int AT_ONCE = 16;
  private static final long MEGABYTE = 1 << 20;

  /// How much there is, or was copied.
  record Amount(long files, long bytes) {
    @Override
    public String toString() {
      return files
          + (files == 1 ? " file, " : " files, ")
          + (bytes + MEGABYTE - 1) / MEGABYTE
          + " MB";
    }
  }

  /// How many bytes there are in the volume, with what is being pushed.
  long bytes() {
    return FileTree.bytes(root.resolve(IMAGES));
  }

  /// Copies what the store does not have.
  Amount copyTo(ObjectStore store, Consumer<String> detail) {
    var there = store.list(name(IMAGES));
    var work = new ArrayList<Callable<Long>>();
    for (var file : files()) {
      var name = name(root.relativize(file).toString());
      if (!isThere(file, there.get(name))) {
        work.add(() -> {
          store.put(name, file);
          return size(file);
        });
      }
    }
    return copy(work, detail);
  }

  /// Copies what the volume does not have.
  Amount copyFrom(ObjectStore store, Consumer<String> detail) {
    var work = new ArrayList<Callable<Long>>();
    for (Map.Entry<String, StoredObject> entry : store.list(name(IMAGES)).entrySet()) {
      var name = entry.getKey();
      var file = root.resolve(name.substring(ImageStore.BELOW.length() + 1)).normalize();
      if (file.startsWith(root)
          && !name.contains("/" + UPLOADS + "/")
          && !(Files.isRegularFile(file) && isThere(file, entry.getValue()))) {
        work.add(() -> {
          Files.createDirectories(file.getParent());
          store.get(name, file);
          return entry.getValue().size();
        });
      }
    }
    return copy(work, detail);
  }

  /// Makes all of it the property of that user and group, by whom the image server runs.
  void give(int user, int group) {
    try (Stream<Path> all = Files.walk(root)) {
      for (var path : all.toList()) {
        Files.setAttribute(path, "unix:uid", user);
        Files.setAttribute(path, "unix:gid", group);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isThere(
      Path file, @org.jspecify.annotations.Nullable StoredObject object) {
    if (object == null || object.size() != size(file)) {
      return false;
    }
    return file.toString().endsWith(CONTENT) || object.has(bytes(file));
  }

  /// What is being pushed is no image yet.
  private Set<Path> files() {
    return FileTree.sizes(root.resolve(IMAGES), UPLOADS).keySet();
  }

  private static Amount copy(List<Callable<Long>> work, Consumer<String> detail) {
    var bytes = 0L;
    try (var workers = Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
      var copies = new ExecutorCompletionService<Long>(workers);
      work.forEach(copies::submit);
      for (var done = 1; done <= work.size(); done++) {
        try {
          bytes += copies.take().get();
        } catch (ExecutionException e) {
          workers.shutdownNow();
          throw unchecked(e);
        } catch (InterruptedException e) {
          workers.shutdownNow();
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted while images were copied", e);
        }
        detail.accept(done + " of " + new Amount(work.size(), bytes));
      }
    }
    return new Amount(work.size(), bytes);
  }

  private static RuntimeException unchecked(ExecutionException e) {
    return switch (e.getCause()) {
      case IOException io -> new UncheckedIOException(io);
      case RuntimeException known -> known;
      case null, default -> new IllegalStateException(e);
    };
  }

  private static String name(String path) {
    return ImageStore.BELOW + "/" + path;
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
