package dev.slipway.redis;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/// A backup: a file of Redis's own format beside the instance's data.
///
/// @param name the file's name, which tells when it was made
public record Backup(String name, long bytes) {
  private static final Pattern NAME = Pattern.compile("\\d{8}T\\d{6}Z\\.rdb");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z.rdb'");

  /// Refuses what is no backup's name.
  ///
  /// @throws UserError not_found, since there is none of such a name
  public Backup {
    if (!NAME.matcher(name).matches()) {
      throw UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that backup.");
    }
  }

  /// Reads a line of a list of backups.
  static Backup parse(String line) {
    var words = line.split(" ", 2);
    return new Backup(words[0], Long.parseLong(words[1]));
  }

  /// When it was made.
  public Instant madeAt() {
    return LocalDateTime.parse(name, TIME).toInstant(ZoneOffset.UTC);
  }
}
