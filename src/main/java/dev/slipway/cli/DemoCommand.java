package dev.slipway.cli;

import dev.slipway.install.Installation;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `slipway demo`: a sample goes live, again and again, under load.
@Command(
    name = "demo",
    description = {
      "Shows Slipway at work, from nothing: deploys a sample and changes it under load.",
      "Brings this machine up, pushes the sample with git, then pushes it again, scales it and",
      "rolls it back while requests come in, and shows what became of them.",
      "The app goes on serving afterwards."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  ./slipway demo --yes")
public final class DemoCommand implements Callable<Integer> {
  @Option(names = "--yes", description = "Install missing packages without asking.")
  private boolean yes;

  /// Made by picocli.
  public DemoCommand() {}

  @Override
  public Integer call() {
    var terminal = Terminal.ofThisProcess();
    try (var installation = Installation.ofThisMachine()) {
      installation.up(UpCommand.consent(yes, terminal), new StepLines(terminal));
      terminal.out().println();
      var receipt = installation.demo(new StepLines(terminal));
      DemoReceipt.print(receipt, terminal);
      return receipt.load().lost() == 0 ? 0 : 1;
    }
  }
}
