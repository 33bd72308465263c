package dev.slipway.objects;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where something is kept, and since when.
///
/// @param store null for the disk of whichever host has it
public record StoreChoice(Instant since, @Nullable StoreSettings store) {
  /// Where nobody has chosen anything.
  public static final StoreChoice NONE = new StoreChoice(Instant.EPOCH, null);

  /// What a file that the owner alone reads keeps of it.
  public String written() {
    return since + "\n" + (store == null ? "" : store.written() + "\n");
  }

  /// What the file says; where there is none, nobody has chosen.
  public static StoreChoice read(Path file) {
    if (!Files.exists(file)) {
      return NONE;
    }
    try {
      var lines = Files.readAllLines(file);
      return new StoreChoice(
          requireNonNull(Instant.parse(lines.getFirst())),
          lines.size() < 2 ? null : StoreSettings.read(lines.get(1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The store, if there is one.
  public Optional<StoreSettings> inStore() {
    return Optional.ofNullable(store);
  }
}
