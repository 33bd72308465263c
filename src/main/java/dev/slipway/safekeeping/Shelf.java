package dev.slipway.safekeeping;

import dev.slipway.objects.ObjectStore;
import dev.slipway.objects.StoreSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;

/// Where copies are kept, each under a name that tells when it was made.
sealed interface Shelf {
  /// What a copy's name ends with.
  String ENDING = ".state";

  /// What people call it.
  String place();

  /// Keeps a file that is whole, which is not needed any more.
  void put(String name, Path file);

  /// Brings a copy into a file.
  void get(String name, Path file);

  /// Nothing happens where there is none of that name.
  void delete(String name);

  /// The names of those that there are, the newest first.
  List<String> names();

  /// A directory of this host.
  record Directory(Path directory) implements Shelf {
    @Override
    public String place() {
      return directory.toString();
    }

    @Override
    public void put(String name, Path file) {
      use(() -> Files.move(file, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE));
    }

    @Override
    public void get(String name, Path file) {
      use(() -> Files.copy(directory.resolve(name), file, StandardCopyOption.REPLACE_EXISTING));
    }

    @Override
    public void delete(String name) {
      use(() -> Files.deleteIfExists(directory.resolve(name)));
    }

    @Override
    public List<String> names() {
      return use(() -> {
        if (!Files.isDirectory(directory)) {
          return List.of();
        }
        try (var files = Files.list(directory)) {
          return newestFirst(files.map(file -> file.getFileName().toString()).toList());
        }
      });
    }

    private interface Work<T> {
      T run() throws IOException;
    }

    private static <T> T use(Work<T> work) {
      try {
        return work.run();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// A store that speaks S3.
  record Bucket(StoreSettings settings) implements Shelf {
    private static final String BELOW = "backups/control/";

    @Override
    public String place() {
      return settings.place().url();
    }

    @Override
    public void put(String name, Path file) {
      try (var store = ObjectStore.open(settings, "")) {
        store.put(BELOW + name, file);
      }
    }

    @Override
    public void get(String name, Path file) {
      try (var store = ObjectStore.open(settings, "")) {
        store.get(BELOW + name, file);
      }
    }

    @Override
    public void delete(String name) {
      try (var store = ObjectStore.open(settings, "")) {
        store.delete(BELOW + name);
      }
    }

    @Override
    public List<String> names() {
      try (var store = ObjectStore.open(settings, "")) {
        return newestFirst(
            store.list(BELOW).keySet().stream()
                .map(name -> name.substring(BELOW.length()))
                .toList());
      }
    }
  }

  private static List<String> newestFirst(List<String> names) {
    return names.stream()
        .filter(name -> name.endsWith(ENDING))
        .sorted(Comparator.reverseOrder())
        .toList();
  }
}
