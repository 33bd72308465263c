package dev.slipway.cli;

import dev.slipway.install.HostOrder;
import dev.slipway.install.HostPlan;
import dev.slipway.install.Hosts;
import dev.slipway.provider.MachineOrder;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `slipway hosts create`: hosts from nothing.
@Command(
    name = "create",
    description = {
      "Makes machines at a provider, which then join as `hosts add` has it.",
      "NAME-1 to NAME-COUNT shall be there: those that are there already count. Run twice it changes"
          + " nothing; broken off, it goes on where it stopped."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./slipway hosts create --provider aws --type c7g.large --count 2 --region eu-central-1"
          + " --dry-run",
      "  ./slipway hosts create --provider aws --type c7g.large --count 2 --pool web --yes"
    })
final class HostsCreateCommand implements Runnable {
  private static final String USUAL_DISK = "30";

  @Option(names = "--provider", required = true, paramLabel = "NAME", description = "aws")
  private String provider = "";

  @Option(
      names = "--type",
      required = true,
      paramLabel = "TYPE",
      description = "The provider's word for the kind of machine, such as c7g.large.")
  private String type = "";

  @Option(names = "--count", paramLabel = "N", description = "How many shall be there; else 1.")
  private int count = 1;

  @Option(names = "--region", paramLabel = "REGION", description = "Else what AWS_REGION says.")
  private @Nullable String region;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What they are called, without the number; else the pool, or the type.")
  private @Nullable String name;

  @Option(names = "--pool", paramLabel = "NAME", description = "What the machines are for.")
  private @Nullable String pool;

  @Option(names = "--label", paramLabel = "NAME=VALUE", description = "A label of their nodes.")
  private Map<String, String> labels = new LinkedHashMap<>();

  @Option(
      names = "--image",
      paramLabel = "ID",
      description = "The provider's id of the system; else the newest Debian 12.")
  private @Nullable String image;

  @Option(
      names = "--subnet",
      paramLabel = "ID",
      description = "The provider's id of the network; else the account's default.")
  private @Nullable String subnet;

  @Option(
      names = "--disk",
      paramLabel = "GB",
      defaultValue = USUAL_DISK,
      description = "How large their disks are; else " + USUAL_DISK + ".")
  private int disk;

  @Option(names = "--dry-run", description = "Say what would be made and what it costs a month.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print JSON; what happens is told beside it.")
  private boolean json;

  @Option(names = "--yes", description = "Make them without asking.")
  private boolean yes;

  @Override
  public void run() {
    HostsCommand.onFleet((hosts, terminal) -> {
      if (dryRun) {
        show(hosts.plan(order()), terminal.out());
      } else {
        create(hosts, terminal);
      }
    });
  }

  private void create(Hosts hosts, Terminal terminal) {
    var told = json ? terminal.aside() : terminal;
    hosts.create(
        order(), plan -> tell(plan, told.out()), UpCommand.consent(yes, told), new StepLines(told));
    if (json) {
      terminal.out().println(Json.of(hosts.list()));
    } else {
      terminal.out().println("They are hosts now. Next: ./slipway hosts");
    }
  }

  private HostOrder order() {
    var called = name == null ? HostOrder.usualName(pool, type) : name;
    var machine = new MachineOrder(type, image, subnet, disk);
    return new HostOrder(provider, region, machine, called, count, pool, labels);
  }

  private void show(HostPlan plan, PrintStream out) {
    if (json) {
      out.println(Json.of(plan));
    } else {
      tell(plan, out);
    }
  }

  private static void tell(HostPlan plan, PrintStream out) {
    out.println(plan.provider() + ", " + plan.region() + ", network " + plan.network());
    for (var host : plan.hosts()) {
      out.println(
          "  "
              + host.name()
              + "  "
              + (host.machine() == null
                  ? "to be made: %s, %d GB, %s (%s)"
                      .formatted(plan.type(), plan.diskGigabytes(), plan.imageName(), plan.image())
                  : "there already: " + host.machine()));
    }
    var managers = String.join(", ", plan.managers());
    out.println("  let in: 22 from " + managers + "; 80 and 443 from anywhere;");
    out.println("          2377, 7946 and 4789 from hosts and " + managers);
    out.println("  cost of all: " + plan.cost());
  }
}
