package dev.slipway.cli;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.install.Installation;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `slipway down`: stops this machine's apps and parts, or removes them for good.
@Command(
    name = "down",
    description = {
      "Stops everything that Slipway runs here, the apps' dynos too. `slipway up` brings all back.",
      "With --purge, removes all that `slipway up` made, apps and their data too, and nothing else."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {"  ./slipway down", "  ./slipway down --purge --yes"})
public final class DownCommand implements Callable<Integer> {
  @Option(names = "--purge", description = "Remove everything, apps and data too.")
  private boolean purge;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  /// Made by picocli.
  public DownCommand() {}

  @Override
  public Integer call() {
    var terminal = Terminal.ofThisProcess();
    try (var installation = Installation.ofThisMachine()) {
      if (purge) {
        agreeToPurge(terminal);
        installation.purge(new StepLines(terminal));
      } else {
        installation.down(new StepLines(terminal));
        terminal.out().println("\nSlipway is down. `./slipway up` brings it and its apps back.");
      }
    }
    return 0;
  }

  private void agreeToPurge(Terminal terminal) {
    var question = "Remove Slipway from this machine, with all apps and their data?";
    if (!UpCommand.consent(yes, terminal).to(question)) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "Nothing was removed",
              "a purge takes all apps and their data with it, and you did not say yes",
              "`./slipway down --purge --yes`, or `./slipway down` to stop only."));
    }
  }
}
