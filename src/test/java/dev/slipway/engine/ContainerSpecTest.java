package dev.slipway.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.slipway.engine.ContainerSpec.Limits;
import dev.slipway.engine.ContainerSpec.Privileges;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

class ContainerSpecTest {
  /// `Map.of` has another order in each process; a part whose text changed by that was replaced.
  @Test
  void equalSpecsAreEqualTexts() {
    SequencedMap<String, String> forth = new LinkedHashMap<>();
    for (var name : List.of("a", "b", "c", "d")) {
      forth.put(name, "1");
    }
    var back = new LinkedHashMap<>(forth.reversed());
    assertEquals(spec(forth).toString(), spec(back).toString());
    assertEquals(spec(forth), spec(back));
  }

  private static ContainerSpec spec(Map<String, String> map) {
    return new ContainerSpec(
        "name",
        "image",
        List.of(),
        map,
        map,
        List.of(),
        List.of(),
        map,
        List.of(),
        List.of(),
        null,
        Limits.NONE,
        Privileges.DEFAULT);
  }
}
