package dev.slipway.cli;

import dev.slipway.install.Installation;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// `slipway ps`: an app's dynos, with their crashes.
@Command(
    name = "ps",
    description = {
      "Shows an app's dynos as `heroku ps` does, and what it leaves out: how often each crashed, and",
      "when one that is held back for that is started again. `heroku ps:restart` starts it now."
    },
    mixinStandardHelpOptions = true)
public final class PsCommand implements Runnable {
  @Mixin private final AppOption app = new AppOption();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /// Made by picocli.
  public PsCommand() {}

  @Override
  public void run() {
    try (var installation = Installation.ofThisMachine()) {
      var dynos = installation.apps().dynos(app.name());
      (json ? List.of(Json.of(dynos)) : lines(dynos)).forEach(System.out::println);
    }
  }

  /// A line for each dyno.
  static List<String> lines(List<JsonNode> dynos) {
    var width = dynos.stream().mapToInt(dyno -> text(dyno, "name").length()).max().orElse(0);
    return dynos.stream().map(dyno -> line(dyno, width)).toList();
  }

  private static String line(JsonNode dyno, int width) {
    var name = text(dyno, "name");
    return (name
            + " ".repeat(width - name.length())
            + "  %-8s".formatted(text(dyno, "state"))
            + "  since "
            + text(dyno, "updated_at")
            + "  v"
            + dyno.path("release").path("version").asInt()
            + crashes(dyno))
        .stripTrailing();
  }

  private static String crashes(JsonNode dyno) {
    var crashes = dyno.path("crashes").asInt();
    var next = text(dyno, "starts_at");
    return switch (crashes) {
          case 0 -> "";
          case 1 -> "  crashed once";
          default -> "  crashed " + crashes + " times";
        }
        + (next.isEmpty() ? "" : ", starts again at " + next);
  }

  private static String text(JsonNode dyno, String field) {
    return dyno.path(field).asString("");
  }
}
