package dev.slipway.cli;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.install.Installation;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `slipway deploy`: deploys where control does not run.
@Command(
    name = "deploy",
    description = {
      "Deploys on the day that control does not run: an image of this machine, or what an earlier"
          + " release had. The same steps as ever, and control finds the release when it is back.",
      "While control runs, deploy by git push."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  docker build -t hotfix . && ./slipway deploy --direct -a shop hotfix",
      "  ./slipway deploy --direct -a shop v12"
    })
public final class DeployCommand implements Callable<Integer> {
  @Option(names = "--direct", description = "Without control.")
  private boolean direct;

  @Option(
      names = {"-a", "--app"},
      required = true,
      paramLabel = "APP",
      description = "The app's name.")
  private String app = "";

  @Parameters(
      paramLabel = "IMAGE",
      description = {
        "An image of this machine, by name or id: all process types get it and keep their"
            + " commands. Or the version of a release, such as v12: its code and config vars come"
            + " back."
      })
  private String image = "";

  /// Made by picocli.
  public DeployCommand() {}

  @Override
  public Integer call() {
    if (!direct) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "While control runs, deploy by git push",
              null,
              "Where it does not: ./slipway deploy --direct -a " + app + " " + image));
    }
    var terminal = Terminal.ofThisProcess();
    try (var installation = Installation.ofThisMachine()) {
      installation.deployDirectly(app, image, terminal.out()::println);
    }
    return 0;
  }
}
