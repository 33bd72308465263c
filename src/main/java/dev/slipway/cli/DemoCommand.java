package dev.slipway.cli;

import static java.util.Objects.requireNonNull;

import dev.slipway.install.Installation;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `slipway demo`: a sample with its database and worker goes live, again and again, under load.
@Command(
    name = "demo",
    description = {
      "Shows Slipway at work, from nothing: deploys a sample and changes it under load.",
      "Brings this machine up, makes a database, pushes the sample (an API and a worker) with git,",
      "then pushes it again, scales it and rolls it back while orders come in. Shows what became of",
      "the requests, and that each order which was acknowledged is in the database.",
      "The app goes on serving afterwards.",
      "With --hosts it shows a fleet: test hosts join this machine, and one loses its power."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {"  ./slipway demo --yes", "  ./slipway demo --hosts 3"})
public final class DemoCommand implements Callable<Integer> {
  @Option(names = "--yes", description = "Install missing packages without asking.")
  private boolean yes;

  @Option(
      names = "--hosts",
      paramLabel = "N",
      description = "A fleet of N hosts: this machine and N - 1 test hosts on it (2 to 9).")
  private int hosts = 1;

  @Spec private @Nullable CommandSpec spec;

  /// Made by picocli.
  public DemoCommand() {}

  @Override
  public Integer call() {
    if (hosts < 1 || hosts > 9) {
      throw new ParameterException(requireNonNull(spec).commandLine(), "--hosts takes 2 to 9");
    }
    var terminal = Terminal.ofThisProcess();
    try (var installation = Installation.ofThisMachine()) {
      installation.up(UpCommand.consent(yes, terminal), new StepLines(terminal));
      terminal.out().println();
      var receipt = installation.demo(hosts - 1, new StepLines(terminal));
      DemoReceipt.print(receipt, terminal);
      if (hosts > 1) {
        printFarewell(terminal);
      }
      return receipt.isWhole() ? 0 : 1;
    }
  }

  private void printFarewell(Terminal terminal) {
    var out = terminal.out();
    out.println("  ./slipway hosts");
    out.println("  bin/hosts start " + (hosts - 1) + "    # gives the dead host its power back");
    out.println("To be rid of the test hosts:");
    out.println("  bin/hosts down");
    for (var number = 1; number < hosts; number++) {
      out.println("  ./slipway hosts remove slipway-test-" + number + " --dead");
    }
  }
}
