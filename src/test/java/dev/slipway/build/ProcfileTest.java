package dev.slipway.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.ProcessType;
import dev.slipway.core.UserError;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcfileTest {
  @Test
  void readsTypesAndCommandsAndLeavesCommentsOut() {
    var text = "# all of it\r\n\r\nweb: node a.js --port $PORT\r\nworker:  ./run 'a: b'  ";
    assertEquals(
        Map.of(
            ProcessType.WEB, "node a.js --port $PORT", new ProcessType("worker"), "./run 'a: b'"),
        Procfile.parse(text).commands());
  }

  @Test
  void saysWhichLineIsWrong() {
    var problem = assertThrows(UserError.class, () -> Procfile.parse("web: a\nnonsense\n"));
    assertTrue(problem.problem().sentence().contains("line 2"), problem.getMessage());
    assertThrows(UserError.class, () -> Procfile.parse("web: a\nweb: b\n"));
    assertThrows(UserError.class, () -> Procfile.parse("web:\n"));
  }
}
