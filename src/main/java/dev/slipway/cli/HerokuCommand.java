package dev.slipway.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// `slipway heroku`: the stock Heroku command, set up for this installation.
@Command(
    name = "heroku",
    description = {
      "Runs the stock `heroku` command against this installation.",
      "Where there is none, it is installed once from npm for Slipway's own use."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./slipway heroku apps",
      "  ./slipway heroku logs --tail -a shop",
      "  ./slipway --host ssh://admin@server.example.com heroku apps"
    })
public final class HerokuCommand implements Callable<Integer> {
  @ParentCommand private @Nullable SlipwayCommand root;

  @Parameters(paramLabel = "ARGS", arity = "0..*", description = "Whatever `heroku` takes.")
  private List<String> arguments = List.of();

  /// Made by picocli.
  public HerokuCommand() {}

  @Override
  public Integer call() {
    return Reach.of(root).with(clients -> clients.heroku().run(arguments));
  }
}
