package dev.slipway.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `slipway hosts destroy`: ends hosts that `create` made.
@Command(
    name = "destroy",
    description = {
      "Empties hosts that `hosts create` made, removes them, and ends their machines for good.",
      "It also takes back machines that were made and never became hosts."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  ./slipway hosts destroy web-1 web-2")
final class HostsDestroyCommand implements Runnable {
  @Parameters(paramLabel = "HOST", arity = "1..*", description = "Their names or addresses.")
  private List<String> names = List.of();

  @Option(
      names = "--region",
      paramLabel = "REGION",
      description = "Where the machine is, if nothing is known here of it.")
  private @Nullable String region;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Override
  public void run() {
    HostsCommand.onFleet((hosts, terminal) -> {
      hosts.destroy(names, region, UpCommand.consent(yes, terminal), new StepLines(terminal));
      terminal.out().println("Ended: " + String.join(", ", names));
    });
  }
}
