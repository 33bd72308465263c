package dev.slipway.cli;

import dev.slipway.install.Installation;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `slipway heroku`: the stock Heroku command, set up for this installation.
@Command(
    name = "heroku",
    description = {
      "Runs the stock `heroku` command against this installation.",
      "Where there is none, it is installed once from npm for Slipway's own use."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ./slipway heroku apps", "  ./slipway heroku logs --tail -a shop"})
public final class HerokuCommand implements Callable<Integer> {
  @Parameters(paramLabel = "ARGS", arity = "0..*", description = "Whatever `heroku` takes.")
  private List<String> arguments = List.of();

  /// Made by picocli.
  public HerokuCommand() {}

  @Override
  public Integer call() {
    try (var installation = Installation.ofThisMachine()) {
      return installation.heroku().run(arguments);
    }
  }
}
