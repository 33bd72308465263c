package dev.slipway.cli;

import static java.util.Objects.requireNonNull;

import dev.slipway.install.BackupCommands;
import dev.slipway.install.BackupCommands.Line;
import dev.slipway.install.Installation;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `slipway pg backups`: backups, and whether they can be restored.
@Command(
    name = "backups",
    description = {
      "Takes backups of databases and tries them out.",
      "WORD is list, capture, info ID, drill [ID], query SQL or dump. A drill restores a backup into",
      "a server that is thrown away; query names what it asks there. dump writes the database to",
      "the standard output, as pg_restore reads it. Exit code 1 when the backup or the drill failed,",
      "or list shows something that is wrong."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./slipway pg backups -a shop",
      "  ./slipway pg backups capture -a shop",
      "  ./slipway pg backups drill -a shop",
      "  ./slipway pg backups query 'SELECT count(*) > 0 FROM orders' -a shop",
      "  ./slipway pg backups dump -a shop >shop.dump"
    })
public final class PgBackupsCommand implements Callable<Integer> {
  private static final int FAILED = 1;

  private final Terminal terminal = Terminal.ofThisProcess();

  @Parameters(index = "0", paramLabel = "WORD", arity = "0..1", description = "What to do.")
  private String word = "list";

  @Parameters(index = "1", paramLabel = "ARG", arity = "0..1", description = "What it takes.")
  private @Nullable String argument;

  @Option(
      names = {"-a", "--app"},
      paramLabel = "APP",
      required = true,
      description = "The app whose backups are meant.")
  private String app = "";

  @Option(
      names = "--database",
      paramLabel = "DATABASE",
      description = "With capture, query, list and dump: the database, if it is not DATABASE.")
  private @Nullable String database;

  @Spec private @Nullable CommandSpec spec;

  /// Made by picocli.
  public PgBackupsCommand() {}

  @Override
  public Integer call() {
    try (var installation = Installation.ofThisMachine()) {
      return word.equals("dump") ? dump(installation) : ask(installation.databases().backups());
    }
  }

  private int dump(Installation installation) {
    var dump = installation.databases().dump(app, database);
    return Terminal.hand(installation.hosts().command(dump.host(), dump.command(), false));
  }

  private int ask(BackupCommands backups) {
    return switch (word) {
      case "list" -> list(backups);
      case "capture" -> show(backups.capture(app, database));
      case "info" -> show(backups.get(app, required("the backup's ID, such as b001")));
      case "drill" -> drill(backups.drill(app, argument));
      case "query" -> query(backups);
      default -> throw wrong("There is no word " + word);
    };
  }

  private int query(BackupCommands backups) {
    backups.ask(app, database, required("the query, or '' for none"));
    terminal.out().println("Drills ask that from now on.");
    return 0;
  }

  private int list(BackupCommands backups) {
    var all = backups.list(app);
    all.forEach(this::show);
    if (all.isEmpty()) {
      terminal.out().println("There is no backup yet.");
    }
    var problem = backups.problem(app, database);
    if (!problem.isEmpty()) {
      terminal.out().println(terminal.red("Not well: " + problem));
    }
    return problem.isEmpty() ? 0 : FAILED;
  }

  private int show(Line line) {
    var size = line.storedBytes() == 0 ? "" : "  " + (line.storedBytes() + 1023) / 1024 + " KB";
    var text =
        line.name() + "  " + line.createdAt() + "  " + line.database() + "  " + line.state() + size;
    terminal.out().println((line.failed() ? terminal.red(text) : text) + "  " + tried(line));
    return line.failed() ? FAILED : 0;
  }

  private String tried(Line line) {
    if (line.drill().isEmpty()) {
      return line.name().startsWith("r") ? "" : terminal.yellow("not tried yet");
    }
    var last = line.drill().getLast();
    return line.trusted() ? terminal.green("restored: " + last) : terminal.red("drill " + last);
  }

  private int drill(Line line) {
    line.drill().forEach(each -> terminal.out().println("  " + each));
    terminal
        .out()
        .println(
            line.trusted()
                ? terminal.green(line.name() + " can be restored")
                : terminal.red(line.name() + " can't be restored"));
    return line.trusted() ? 0 : FAILED;
  }

  private String required(String what) {
    if (argument == null) {
      throw wrong("Missing: " + what);
    }
    return argument;
  }

  private CommandLine.ParameterException wrong(String what) {
    return new CommandLine.ParameterException(requireNonNull(spec).commandLine(), what);
  }
}
