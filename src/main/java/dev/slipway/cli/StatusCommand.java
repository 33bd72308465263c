package dev.slipway.cli;

import dev.slipway.install.Installation;
import dev.slipway.install.Status;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `slipway status`: how Slipway's parts are.
@Command(
    name = "status",
    description = "Says how Slipway's parts on this machine are.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:all is up", "1:something is not"},
    footerHeading = "%nExample:%n",
    footer = "  ./slipway status --json")
public final class StatusCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /// Made by picocli.
  public StatusCommand() {}

  @Override
  public Integer call() {
    var terminal = Terminal.ofThisProcess();
    try (var installation = Installation.ofThisMachine()) {
      var status = installation.status();
      if (json) {
        terminal.out().println(Json.of(status));
      } else {
        print(status, terminal);
      }
      return status.isUp() ? 0 : 1;
    }
  }

  private static void print(Status status, Terminal terminal) {
    if (!status.engine()) {
      terminal.out().println("Docker Engine does not answer. Next: `./slipway up`");
      return;
    }
    for (var part : status.parts()) {
      var state = part.state().name().toLowerCase(Locale.ROOT);
      var isUp = part.state() == Status.State.UP;
      terminal
          .out()
          .println(
              "%-10s ".formatted(part.name())
                  + (isUp ? terminal.green(state) : terminal.red(state)));
    }
    terminal.out().println("%-10s %d".formatted("dynos", status.dynos()));
    status
        .troubles()
        .forEach(
            each -> terminal.out().println("%-10s ".formatted("database") + terminal.red(each)));
    if (!status.troubles().isEmpty()) {
      terminal.out().println("Next: `heroku pg:info -a APP` says more, and what to do.");
    }
    if (status.copies() != null) {
      terminal.out().println("%-10s ".formatted("backup") + terminal.red(status.copies()));
      terminal.out().println("Next: `./slipway backup` makes one, or says why it can't.");
    }
    if (!status.partsAreUp()) {
      terminal.out().println("Next: `./slipway up`, or `./slipway doctor` to find a cause.");
    }
  }
}
