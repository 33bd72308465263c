package dev.slipway.cli;

import dev.slipway.install.ClientEnvironment;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// `slipway git`: git, set up to trust and to be known by the installation.
@Command(
    name = "git",
    description = {
      "Runs `git` so that it trusts this installation's certificate and has its key.",
      "With --host, through a tunnel that lasts as long as git runs."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./slipway git push heroku main",
      "  ./slipway --host ssh://admin@server.example.com git push heroku main"
    })
public final class GitCommand implements Callable<Integer> {
  @ParentCommand private @Nullable SlipwayCommand root;

  @Parameters(paramLabel = "ARGS", arity = "0..*", description = "Whatever `git` takes.")
  private List<String> arguments = List.of();

  /// Made by picocli.
  public GitCommand() {}

  @Override
  public Integer call() {
    return Reach.of(root).with(this::run);
  }

  private int run(Reach.Clients clients) {
    ClientEnvironment environment = clients.environment();
    return environment.run(Stream.concat(Stream.of("git"), arguments.stream()).toList());
  }
}
