package dev.slipway.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `slipway hosts readdress`: a host has another address.
@Command(
    name = "readdress",
    description = {
      "Makes the fleet know a host, or this machine, by the address that it has now.",
      "Docker on that host starts again; other hosts and their dynos run on. Run twice it changes"
          + " nothing; broken off, it goes on where it stopped."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./slipway hosts readdress 10.0.0.21 --dry-run",
      "  ./slipway hosts readdress host-2 10.0.0.22"
    })
final class HostsReaddressCommand implements Runnable {
  @Parameters(
      paramLabel = "[HOST] ADDRESS",
      arity = "1..2",
      description = "The host, or this machine, and the IPv4 address that it has now.")
  private List<String> words = List.of();

  @Option(names = "--dry-run", description = "Say what would be done.")
  private boolean dryRun;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Override
  public void run() {
    HostsCommand.onFleet((hosts, terminal) -> {
      if (dryRun) {
        hosts.planReaddress(host(), words.getLast()).forEach(terminal.out()::println);
        return;
      }
      hosts.readdress(
          host(),
          words.getLast(),
          plan -> plan.forEach(terminal.out()::println),
          UpCommand.consent(yes, terminal),
          new StepLines(terminal));
      terminal
          .out()
          .println("The fleet knows it by " + words.getLast() + ". Next: ./slipway hosts");
    });
  }

  private @Nullable String host() {
    return words.size() == 2 ? words.getFirst() : null;
  }
}
