package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is said of a part that does not answer.
class UpTest {
  @Test
  void aProblemThatThePartTellsIsShownAsSuch() {
    var problem = new Problem(ErrorCode.UNAVAILABLE, "Wrong database", "it is old", "Mend it.");
    var log = List.of("starting", "slipway: Wrong database", "  it is old", "Next: Mend it.");
    assertEquals(problem, Up.silent("control", log).problem());
  }

  @Test
  void otherwiseItsLastLinesAreShown() {
    var said = Up.silent("router", List.of("emerg: no port", "ended")).problem();
    assertEquals("The router does not answer", said.what());
    assertEquals("emerg: no port\nended", said.why());
    assertTrue(String.valueOf(said.hint()).contains("docker logs slipway-router"));
  }
}
