package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.slipway.core.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who is not the administrator sets the variables by hand, as `docs/reference/accounts.md` has
/// them.
class ClientEnvironmentTest {
  @Test
  void everyVariableIsDescribedForOtherPeoplesShells(@TempDir Path directory) throws IOException {
    var page = Files.readString(Path.of("docs/reference/accounts.md"));
    var missing = new TreeSet<String>();
    for (var ports : List.of(ClientPorts.OWN, new ClientPorts(17080, 17443, 17444))) {
      var environment =
          new ClientEnvironment(new Home(directory), directory, ports, () -> new Secret("key"));
      environment.variables(Map.of("GIT_SSL_CAINFO", "")).keySet().stream()
          .filter(name -> !name.matches("GIT_CONFIG_(KEY|VALUE)_[1-9]"))
          .filter(name -> !page.contains("`" + name + "`"))
          .forEach(missing::add);
    }
    assertEquals(new TreeSet<>(), missing);
  }
}
