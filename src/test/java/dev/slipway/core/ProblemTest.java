package dev.slipway.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a process told before it ended is read again by the one that waited for it.
class ProblemTest {
  private static final Problem FULL =
      new Problem(ErrorCode.UNAVAILABLE, "No disk", "it is full\nquite", "Make room.");

  @Test
  void whatIsToldIsReadAgain() {
    for (var problem :
        List.of(
            FULL,
            Problem.of(ErrorCode.UNAVAILABLE, "No disk"),
            new Problem(ErrorCode.UNAVAILABLE, "No disk", "it is full", null),
            new Problem(ErrorCode.UNAVAILABLE, "No disk", null, "Make room."))) {
      assertEquals(Optional.of(problem), read("2026-11-30T12:00:00Z WARNING x", problem.told()));
    }
  }

  @Test
  void theLastOneCounts() {
    var other = Problem.of(ErrorCode.UNAVAILABLE, "No memory");
    assertEquals(Optional.of(FULL), read(other.told(), FULL.told()));
  }

  /// A process that went on had another end.
  @Test
  void whatStandsBehindItIsNoPartOfIt() {
    assertEquals(Optional.empty(), read(FULL.told(), "Exception in thread \"main\""));
    assertEquals(Optional.empty(), read("Next: Make room."));
    assertEquals(Optional.empty(), read("  indented", "Next: Make room."));
    assertEquals(Optional.empty(), Problem.lastTold(ErrorCode.UNAVAILABLE, List.of()));
  }

  private static Optional<Problem> read(String... texts) {
    var lines = new ArrayList<String>();
    for (var text : texts) {
      lines.addAll(text.lines().toList());
    }
    return Problem.lastTold(ErrorCode.UNAVAILABLE, lines);
  }
}
