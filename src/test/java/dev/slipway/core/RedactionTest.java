package dev.slipway.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class RedactionTest {
  @Test
  void takesOutLongValuesAndTheLinesOfThem() {
    var redaction =
        Redaction.of(
            List.of(new Secret("true"), new Secret("abcdef"), new Secret("first line\nsecond")));
    assertEquals("true [REDACTED] x", redaction.apply("true abcdef x"));
    assertEquals("[[REDACTED]] [REDACTED]", redaction.apply("[first line] second"));
  }
}
