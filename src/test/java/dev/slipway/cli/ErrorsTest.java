package dev.slipway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// How errors are told.
class ErrorsTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  @Test
  void aProblemIsWhatWhyAndNext() {
    var problem = new Problem(ErrorCode.UNAVAILABLE, "No disk", "it is full\nquite", "Make room.");
    assertEquals(8, tell(new UserError(problem), false));
    assertEquals("slipway: No disk\n  it is full\n  quite\nNext: Make room.\n", text());
  }

  @Test
  void aBugHasAnIdAndItsTraceOnlyWhenAskedFor() {
    assertEquals(70, tell(new IllegalStateException("odd"), false));
    assertTrue(text().contains("Internal error "));
    assertFalse(text().contains("\tat "));
    tell(new IllegalStateException("odd"), true);
    assertTrue(text().contains("\tat "));
  }

  private int tell(Throwable failure, boolean verbose) {
    return Errors.tell(failure, new PrintStream(written, true, StandardCharsets.UTF_8), verbose);
  }

  private String text() {
    return written.toString(StandardCharsets.UTF_8);
  }
}
