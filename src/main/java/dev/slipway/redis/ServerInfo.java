package dev.slipway.redis;

import java.util.Map;
import java.util.stream.Collectors;

/// What a server says of itself.
///
/// @param fields by Redis's name of each
public record ServerInfo(Map<String, String> fields) {
  /// Copies the map.
  public ServerInfo {
    fields = Map.copyOf(fields);
  }

  static ServerInfo parse(String said) {
    return new ServerInfo(
        said.lines()
            .map(line -> line.strip().split(":", 2))
            .filter(parts -> parts.length == 2)
            .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1], (first, _) -> first)));
  }

  /// The server's version, such as `8.0.2`.
  public String version() {
    return text("redis_version");
  }

  /// How many clients there are, without the one that asks.
  public long clients() {
    return Math.max(0, number("connected_clients") - 1);
  }

  /// How many bytes the data and its clients take, such as `1.02M`.
  public String memory() {
    return text("used_memory_human");
  }

  /// The same as a number.
  public long memoryBytes() {
    return number("used_memory");
  }

  /// How often a key that was asked for was there, such as `97.50%`.
  public String hitRate() {
    var hits = number("keyspace_hits");
    var all = hits + number("keyspace_misses");
    return all == 0 ? "none asked for" : "%.2f%%".formatted(100.0 * hits / all);
  }

  private String text(String name) {
    return fields.getOrDefault(name, "unknown");
  }

  private long number(String name) {
    return Long.parseLong(fields.getOrDefault(name, "0"));
  }
}
