package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerCommandsTest {
  private static final List<String> PUSH = List.of("container:push", "web");

  private static final String LINE =
      "echo '127.0.0.1 api.localhost registry.localhost registry.localhost:7443' >> ";

  @TempDir Path directory;

  @Test
  void theHostIsANameThatDockerTakes() throws IOException {
    var variables =
        with(
            "127.0.0.1 localhost\n127.0.0.1 api.localhost registry.localhost registry.localhost:7443\n");
    assertEquals("localhost:7443", variables.get("HEROKU_HOST"));
    assertEquals(
        "{\"Slipway-Rendezvous-Port\":\"17444\",\"authorization\":\"Bearer key\"}",
        variables.get("HEROKU_HEADERS"));
  }

  @Test
  void aMachineThatDoesNotKnowTheNamesIsToldHow() {
    for (var known :
        List.of(
            "127.0.0.1 localhost\n",
            "# 127.0.0.1 api.localhost registry.localhost registry.localhost:7443\n",
            "192.0.2.1 api.localhost registry.localhost registry.localhost:7443\n",
            "127.0.0.1 api.localhost registry.localhost registry.localhost:17443\n")) {
      var problem = assertThrows(UserError.class, () -> with(known)).problem();
      var hint = Objects.requireNonNull(problem.hint());
      assertTrue(hint.contains(LINE), hint);
    }
  }

  @Test
  void otherCommandsNeedNothing() {
    var nowhere = new ContainerCommands(directory.resolve("none"));
    for (var command : List.of("apps", "container:rm", "config:set")) {
      assertEquals(Map.of(), nowhere.variables(List.of(command), 7443, "key", Map.of()));
    }
    assertEquals(Map.of(), nowhere.variables(List.of(), 7443, "key", Map.of()));
  }

  private Map<String, String> with(String hosts) throws IOException {
    var file = Files.writeString(directory.resolve("hosts"), hosts);
    return new ContainerCommands(file)
        .variables(PUSH, 7443, "key", Map.of("Slipway-Rendezvous-Port", "17444"));
  }
}
