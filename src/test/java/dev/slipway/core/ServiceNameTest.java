package dev.slipway.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/// What may be the name of a service.
class ServiceNameTest {
  @Test
  void aLabelOfDnsIsTaken() {
    for (var label : List.of("ab", "a-1", "0a", "z9-web-1-g12", "a".repeat(63))) {
      assertEquals(label, new ServiceName(label).value());
    }
  }

  @Test
  void allElseIsRefused() {
    for (var name :
        List.of("", "a", "-a", "a-", "--", "Ab", "a_b", "a.b", "a b", "\u00e4b", "a".repeat(64))) {
      assertThrows(IllegalArgumentException.class, () -> new ServiceName(name), name);
    }
  }
}
