package dev.slipway.safekeeping;

import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// What a copy says that it holds.
///
/// @param madeAt when, as ISO 8601 has it
/// @param rows how many each table of the database has
/// @param files how many files there are besides
public record Contents(String madeAt, Map<String, Long> rows, int files) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// Copies the map.
  public Contents {
    rows = Map.copyOf(rows);
  }

  /// How many apps there are.
  public long apps() {
    return rows.getOrDefault("apps", 0L);
  }

  /// How many releases there are.
  public long releases() {
    return rows.getOrDefault("releases", 0L);
  }

  /// What people want to know of it.
  public String text() {
    return apps() + " apps, " + releases() + " releases, " + files + " files";
  }

  byte[] written() {
    return JSON.writeValueAsBytes(this);
  }

  static Contents read(byte[] written) {
    return JSON.readValue(written, Contents.class);
  }
}
