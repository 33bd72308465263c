package dev.slipway.cli;

import static java.util.Objects.requireNonNull;

import dev.slipway.install.Installation;
import dev.slipway.install.StateCopies;
import dev.slipway.safekeeping.CopyReport;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `slipway backup`: copies of control's own state.
@Command(
    name = "backup",
    description = {
      "Copies control's own state: apps, releases, config vars, what was pushed, secrets.",
      "WORD is now, list, drill or key. now makes an encrypted copy and tries it; control does the",
      "same each night. drill tries the newest again. key shows what a copy is restored with: keep",
      "it elsewhere."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:list shows something that is not well"},
    footerHeading = "%nExamples:%n",
    footer = {"  ./slipway backup", "  ./slipway backup list", "  ./slipway backup key"})
public final class BackupCommand implements Callable<Integer> {
  private final Terminal terminal = Terminal.ofThisProcess();

  @Parameters(index = "0", paramLabel = "WORD", arity = "0..1", description = "What to do.")
  private String word = "now";

  @Spec private @Nullable CommandSpec spec;

  /// Made by picocli.
  public BackupCommand() {}

  @Override
  public Integer call() {
    try (var installation = Installation.ofThisMachine()) {
      var copies = installation.stateCopies();
      return switch (word) {
        case "now" -> told("Made and tried", copies.make());
        case "drill" -> told("Tried", copies.drill());
        case "list" -> list(copies);
        case "key" -> key(copies);
        default ->
            throw new CommandLine.ParameterException(
                requireNonNull(spec).commandLine(), "There is no word " + word);
      };
    }
  }

  private int told(String what, CopyReport report) {
    terminal
        .out()
        .println(what + ": " + report.name() + ", " + (report.bytes() + 1023) / 1024 + " KB");
    terminal.out().println("It holds " + report.holds() + ", and is in " + report.place());
    terminal.out().println("Keep it on another machine, and the key apart: ./slipway backup key");
    return 0;
  }

  private int list(StateCopies copies) {
    var names = copies.names();
    names.forEach(name -> terminal.out().println(name));
    var report = copies.report();
    report
        .good()
        .ifPresent(at ->
            terminal
                .out()
                .println(
                    "The last good one is of "
                        + at
                        + ", with "
                        + report.holds()
                        + ", in "
                        + copies.place()));
    var problem = report.problem(Instant.now());
    problem.ifPresent(text -> terminal.out().println(terminal.red("Not well: " + text)));
    return problem.isPresent() ? 1 : 0;
  }

  private int key(StateCopies copies) {
    terminal.out().println(copies.key().reveal());
    terminal
        .aside()
        .out()
        .println("Keep this elsewhere: a copy without it is worth nothing, and with it, all.");
    return 0;
  }
}
