package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Every command of the stock client that no other test runs, with an argument for each thing that
/// it must have: it says something, and shows no stack trace. Those that `slipway heroku` stops are
/// left out.
@Tag("long")
class HerokuAbsentIT {
  private static final Path REASONS = Path.of("src", "test", "resources", "heroku-cli-absent.tsv");

  /// They wait for a person or for ever, by intent.
  private static final Set<String> INTERACTIVE =
      Set.of("repl", "mcp:start", "local", "autocomplete");

  @Test
  void whatIsNotHereSaysSo(@TempDir Path home) throws Exception {
    HerokuCli.assumeInstalled();
    var certificate = LocalCertificate.in(home);
    var wrong = new TreeSet<String>();
    var tried = 0;
    try (var api = new TestApi(home, certificate.certificate(), certificate.privateKey())) {
      api.deployed("orders");
      var cli = HerokuCli.of(api, home, certificate);
      for (var command : cli.manifest().get("commands").properties()) {
        var name = command.getKey();
        if (!command.getValue().path("hidden").asBoolean(false) && isToBeTried(name)) {
          tried++;
          cli.complaint(arguments(name, command.getValue())).ifPresent(wrong::add);
        }
      }
    }
    assertTrue(tried > 50, () -> "too few were tried");
    assertEquals(new TreeSet<>(), wrong);
  }

  private static boolean isToBeTried(String name) throws IOException {
    return !INTERACTIVE.contains(name) && !passed().contains(name) && !isStopped(name);
  }

  /// Those that other tests of this run have run.
  private static Set<String> passed() throws IOException {
    var names = new HashSet<String>();
    var file = Path.of("target", "heroku-commands.tsv");
    if (Files.exists(file)) {
      Files.readAllLines(file).forEach(line -> names.add(line.split("\t", -1)[0]));
    }
    return names;
  }

  private static boolean isStopped(String name) throws IOException {
    return Files.readAllLines(REASONS).stream()
        .filter(line -> line.contains("stopped"))
        .map(line -> line.split("\t", -1)[0])
        .anyMatch(pattern ->
            pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern));
  }

  private static List<String> arguments(String name, JsonNode command) {
    var arguments = new ArrayList<>(List.of(name));
    for (var argument : command.path("args").properties()) {
      if (argument.getValue().path("required").asBoolean(false)) {
        arguments.add("thing");
      }
    }
    for (var flag : command.path("flags").properties()) {
      var required = flag.getValue().path("required").asBoolean(false);
      if (flag.getKey().equals("app") || flag.getKey().equals("confirm")) {
        arguments.addAll(List.of("--" + flag.getKey(), "orders"));
      } else if (required && flag.getValue().path("type").asString("").equals("boolean")) {
        arguments.add("--" + flag.getKey());
      } else if (required) {
        var options = flag.getValue().path("options");
        var value = options.isEmpty() ? "thing" : options.get(0).asString();
        arguments.addAll(List.of("--" + flag.getKey(), value));
      }
    }
    return arguments;
  }
}
