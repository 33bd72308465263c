package dev.slipway.safekeeping;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// What became of the last copies, as a file beside them keeps it.
///
/// @param name of the last one that was made and found to be whole; empty where there is none
/// @param place where that is
/// @param goodAt when that was; null where there is none
/// @param bytes how large it is
/// @param holds what it holds, for people
/// @param triedAt when one was last made, or tried
/// @param problem why that failed; empty where it did not
public record CopyReport(
    String name,
    String place,
    @Nullable String goodAt,
    long bytes,
    String holds,
    String triedAt,
    String problem) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration STALE = Duration.ofHours(26);

  /// Where none was made yet.
  static CopyReport none(Instant since) {
    return new CopyReport("", "", null, 0, "", since.toString(), "");
  }

  CopyReport failed(String why, Instant now) {
    return new CopyReport(name, place, goodAt, bytes, holds, now.toString(), why);
  }

  /// When one was last found to be whole.
  public Optional<Instant> good() {
    return Optional.ofNullable(goodAt).map(Instant::parse);
  }

  Instant tried() {
    return Instant.parse(triedAt);
  }

  /// What is not well; nothing where all is.
  public Optional<String> problem(Instant now) {
    if (!problem.isEmpty()) {
      return Optional.of("the last copy of control's state failed: " + problem);
    }
    var last = good().orElseGet(this::tried);
    if (last.plus(STALE).isAfter(now)) {
      return Optional.empty();
    }
    return Optional.of(
        goodAt == null
            ? "there is no copy of control's state"
            : "the last copy of control's state is of " + goodAt);
  }

  static CopyReport read(Path file) {
    try {
      return JSON.readValue(Files.readAllBytes(file), CopyReport.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void write(Path file) {
    try {
      var fresh = file.resolveSibling(file.getFileName() + ".new");
      Files.write(fresh, JSON.writeValueAsBytes(this));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
