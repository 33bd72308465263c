package dev.slipway.cli;

import dev.slipway.install.Finding;
import dev.slipway.install.Installation;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `slipway doctor`: what is wrong with this machine, and the remedy.
@Command(
    name = "doctor",
    description = "Looks for what is wrong with this machine, and says what to do about it.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:nothing is broken", "1:something is broken"},
    footerHeading = "%nExample:%n",
    footer = "  ./slipway doctor")
public final class DoctorCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /// Made by picocli.
  public DoctorCommand() {}

  @Override
  public Integer call() {
    var terminal = Terminal.ofThisProcess();
    try (var installation = Installation.ofThisMachine()) {
      var findings = installation.examine();
      if (json) {
        terminal.out().println(Json.of(findings));
      } else {
        findings.forEach(finding -> print(finding, terminal));
      }
      var isBroken = findings.stream().anyMatch(it -> it.grade() == Finding.Grade.RED);
      return isBroken ? 1 : 0;
    }
  }

  private static void print(Finding finding, Terminal terminal) {
    var mark =
        switch (finding.grade()) {
          case GREEN -> terminal.green("ok  ");
          case YELLOW -> terminal.yellow("warn");
          case RED -> terminal.red("FAIL");
        };
    terminal.out().println(mark + "  " + finding.subject() + ": " + finding.text());
    if (finding.remedy() != null) {
      terminal.out().println("      " + finding.remedy());
    }
  }
}
