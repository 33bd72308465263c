package dev.slipway.release;

import dev.slipway.core.ProcessType;
import dev.slipway.image.ImageReference;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// A slug's processes as stored text.
final class SlugJson {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private record StoredProcess(String image, @Nullable String command) {}

  private SlugJson() {}

  static String write(SortedMap<ProcessType, SlugProcess> processes) {
    var plain = new TreeMap<String, StoredProcess>();
    processes.forEach((type, process) ->
        plain.put(type.value(), new StoredProcess(process.image().toString(), process.command())));
    return JSON.writeValueAsString(plain);
  }

  static SortedMap<ProcessType, SlugProcess> read(String json) {
    var processes = new TreeMap<ProcessType, SlugProcess>();
    JSON.readValue(json, new TypeReference<TreeMap<String, StoredProcess>>() {})
        .forEach((type, process) ->
            processes.put(
                new ProcessType(type),
                new SlugProcess(ImageReference.of(process.image()), process.command())));
    return processes;
  }
}
