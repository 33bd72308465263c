package dev.slipway.cli;

import dev.slipway.install.Hosts;
import dev.slipway.install.Installation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `slipway hosts`: the machines of the fleet.
@Command(
    name = "hosts",
    description = {
      "Lists the machines of the fleet, takes machines in, and empties them.",
      "A machine that joins needs nothing but SSH; it then serves every app and gets dynos."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "[COMMAND]",
    subcommands = {
      HostsCommand.Info.class,
      HostsCommand.Add.class,
      HostsCreateCommand.class,
      HostsDestroyCommand.class,
      HostsCommand.Ssh.class,
      HostsCommand.Drain.class,
      HostsCommand.Undrain.class,
      HostsCommand.Promote.class,
      HostsCommand.Demote.class,
      HostsReaddressCommand.class,
      HostsCommand.Remove.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./slipway hosts",
      "  ./slipway hosts add ssh://root@10.0.0.12 --pool web",
      "  ./slipway hosts create --provider aws --type c7g.large --count 2 --region eu-central-1",
      "  ./slipway hosts drain host-2"
    })
public final class HostsCommand implements Runnable {
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /// Made by picocli.
  public HostsCommand() {}

  @Override
  public void run() {
    onFleet((hosts, terminal) -> {
      if (json) {
        terminal.out().println(Json.of(hosts.list()));
        return;
      }
      terminal.out().println(HostText.HEAD);
      hosts.list().forEach(host -> terminal.out().println(HostText.row(host)));
    });
  }

  static void onFleet(BiConsumer<Hosts, Terminal> work) {
    try (var installation = Installation.ofThisMachine()) {
      work.accept(installation.hosts(), Terminal.ofThisProcess());
    }
  }

  /// Something that is done with one host.
  abstract static class OnHost implements Runnable {
    @Parameters(paramLabel = "HOST", description = "Its name or address.")
    private String name = "";

    @Override
    public final void run() {
      onFleet((hosts, terminal) -> run(hosts, name, terminal));
    }

    abstract void run(Hosts hosts, String name, Terminal terminal);
  }

  /// `slipway hosts info`.
  @Command(
      name = "info",
      description = "Shows all that is known of a host, and what each dyno on it uses.",
      mixinStandardHelpOptions = true)
  static final class Info extends OnHost {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    void run(Hosts hosts, String name, Terminal terminal) {
      var host = hosts.info(name);
      if (json) {
        terminal.out().println(Json.of(host));
      } else {
        HostText.lines(host).forEach(terminal.out()::println);
      }
    }
  }

  /// `slipway hosts add`.
  @Command(
      name = "add",
      description = {
        "Takes a machine in: checks it, installs Docker Engine where there is none, joins it,"
            + " starts its router, and lets dynos come when that serves every app.",
        "Run twice it changes nothing; broken off, it goes on where it stopped."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  ./slipway hosts add ssh://admin@10.0.0.12:2222 --pool web --label zone=a")
  static final class Add implements Runnable {
    @Parameters(paramLabel = "URL", description = "ssh://USER@ADDRESS[:PORT]")
    private String url = "";

    @Option(names = "--pool", paramLabel = "NAME", description = "What the machine is for.")
    private @Nullable String pool;

    @Option(names = "--label", paramLabel = "NAME=VALUE", description = "A label of its node.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(names = "--yes", description = "Take its SSH key as it is, if it was not seen before.")
    private boolean yes;

    @Override
    public void run() {
      onFleet((hosts, terminal) -> {
        hosts.add(url, pool, labels, yes, new StepLines(terminal));
        terminal.out().println("The machine is a host now. Next: ./slipway hosts");
      });
    }
  }

  /// `slipway hosts drain`.
  @Command(
      name = "drain",
      description = "Moves its dynos to other hosts, and gives it none until `undrain`.",
      mixinStandardHelpOptions = true)
  static final class Drain extends OnHost {
    @Override
    void run(Hosts hosts, String name, Terminal terminal) {
      hosts.drain(name, terminal.out()::println);
      terminal
          .out()
          .println(name + " has no dynos. Let them come again: ./slipway hosts undrain " + name);
    }
  }

  /// `slipway hosts undrain`.
  @Command(
      name = "undrain",
      description = "Lets dynos come to it again.",
      mixinStandardHelpOptions = true)
  static final class Undrain extends OnHost {
    @Override
    void run(Hosts hosts, String name, Terminal terminal) {
      hosts.undrain(name);
      terminal.out().println("Dynos may come to " + name + " again.");
    }
  }

  /// `slipway hosts promote`.
  @Command(
      name = "promote",
      description = {
        "Makes the host a manager: control's state is kept there too, and its control stands by to"
            + " take over when the one that runs is gone.",
        "Two managers survive the death of neither; three survive the death of one. Run it again"
            + " after an `up` with a newer Slipway."
      },
      mixinStandardHelpOptions = true)
  static final class Promote extends OnHost {
    @Override
    void run(Hosts hosts, String name, Terminal terminal) {
      hosts.promote(name, new StepLines(terminal));
      terminal.out().println(name + " is a manager now. Next: ./slipway hosts");
    }
  }

  /// `slipway hosts demote`.
  @Command(
      name = "demote",
      description = "Makes the host a worker again, and removes control and its secrets there.",
      mixinStandardHelpOptions = true)
  static final class Demote extends OnHost {
    @Override
    void run(Hosts hosts, String name, Terminal terminal) {
      hosts.demote(name, new StepLines(terminal));
      terminal.out().println(name + " is a worker now.");
    }
  }

  /// `slipway hosts remove`.
  @Command(
      name = "remove",
      description = "Ends what Slipway runs there and forgets the machine. Drain it first.",
      mixinStandardHelpOptions = true)
  static final class Remove extends OnHost {
    @Option(names = "--dead", description = "Forget a machine that is gone for good.")
    private boolean dead;

    @Override
    void run(Hosts hosts, String name, Terminal terminal) {
      hosts.remove(name, dead, new StepLines(terminal));
      terminal.out().println(name + " is no host any more.");
    }
  }

  /// `slipway hosts ssh`.
  @Command(
      name = "ssh",
      description = "Opens a shell on a host, or runs a command there.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  ./slipway hosts ssh host-2 -- docker ps")
  static final class Ssh implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "HOST", description = "Its name or address.")
    private String name = "";

    @Parameters(index = "1..*", paramLabel = "COMMAND", description = "What to run there.")
    private List<String> command = List.of();

    @Override
    public Integer call() {
      try (var installation = Installation.ofThisMachine()) {
        return installation.hosts().ssh(name, command);
      }
    }
  }
}
