package dev.slipway.fleet;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.InflaterInputStream;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What routers read out of a table; read once for all of them. Thread-safe.
final class Tables {
  /// No table at all.
  static final Table NONE = new Table(0, 0, "{}");

  private static final Pattern HEAD =
      Pattern.compile("\\{\"epoch\":([0-9]+),\"version\":([0-9]+),");
  private static final String CANDIDATES = "\"candidates\":[{";

  private final JsonMapper json =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  private Table last = NONE;
  private byte[] lastBytes = new byte[0];

  /// @param probes what they find of its candidates, as JSON
  record Table(long epoch, long version, String probes) {}

  synchronized Table read(byte[] bytes) {
    if (!java.util.Arrays.equals(bytes, lastBytes)) {
      last = parsed(bytes);
      lastBytes = bytes;
    }
    return last;
  }

  /// A real router reads all of it, on its own host; here that would be this machine's time.
  private Table parsed(byte[] bytes) {
    var text = inflated(bytes);
    var head = HEAD.matcher(text);
    if (!head.lookingAt()) {
      throw new IllegalStateException(
          "no table: " + text.substring(0, Math.min(99, text.length())));
    }
    var probes = new TreeMap<String, String>();
    for (var at = text.indexOf(CANDIDATES); at >= 0; at = text.indexOf(CANDIDATES, at + 1)) {
      for (var candidate : json.readTree(text.substring(at + CANDIDATES.length() - 2))) {
        probes.put(candidate.path("service").asString(), "ok");
      }
    }
    return new Table(
        Long.parseLong(head.group(1)),
        Long.parseLong(head.group(2)),
        json.writeValueAsString(probes));
  }

  private static String inflated(byte[] bytes) {
    try (var input = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
      return new String(input.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
