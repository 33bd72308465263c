package dev.slipway.cli;

import static java.util.Objects.requireNonNull;

import dev.slipway.install.BackupCommands;
import dev.slipway.install.Installation;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `slipway pg restore`: a database as it was at a time.
@Command(
    name = "restore",
    description = {
      "Makes a new database that is as the app's was at a time, and attaches it beside that.",
      "With --in-place the database itself goes back; all that came later is lost."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./slipway pg restore --at 2026-11-30T17:00:00Z -a shop",
      "  ./slipway pg restore --at 10m -a shop          as it was ten minutes ago",
      "  ./slipway pg restore --at 10m --in-place --confirm shop -a shop"
    })
public final class PgRestoreCommand implements Callable<Integer> {
  private static final Pattern AGO = Pattern.compile("(\\d{1,6})([smh])");

  private final Terminal terminal = Terminal.ofThisProcess();

  @Mixin private final DatabaseOptions database = new DatabaseOptions();

  @Option(
      names = "--at",
      paramLabel = "TIME",
      required = true,
      description = "A time, such as 2026-11-30T17:00:00Z, or how long ago: 90s, 10m, 2h.")
  private String at = "";

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "The host that has a copy of the backups, if it is not the database's own.")
  private @Nullable String host;

  @Option(names = "--in-place", description = "Replace what the database has now.")
  private boolean inPlace;

  @Option(
      names = "--confirm",
      paramLabel = "APP",
      description = "With --in-place: the app's name, to say that it is meant.")
  private @Nullable String confirm;

  @Spec private @Nullable CommandSpec spec;

  /// Made by picocli.
  public PgRestoreCommand() {}

  @Override
  public Integer call() {
    try (var installation = Installation.ofThisMachine()) {
      return restore(installation.databases().backups());
    }
  }

  private int restore(BackupCommands backups) {
    var time = time();
    if (inPlace && host != null) {
      throw wrong("--host makes a new database: leave out --in-place");
    }
    if (inPlace) {
      var line = backups.restoreInto(database.app(), database.name(), time, confirm);
      terminal.out().println(line.database() + " at " + time + ": " + line.state());
      return line.failed() ? 1 : 0;
    }
    var name = backups.restoreBeside(database.app(), database.name(), time, host);
    terminal.out().println(name + " is the database as it was at " + time + ".");
    terminal
        .out()
        .println("heroku pg:promote " + name + " -a " + database.app() + " has the app use it.");
    return 0;
  }

  private Instant time() {
    var ago = AGO.matcher(at);
    if (ago.matches()) {
      var length = Duration.parse("PT" + ago.group(1) + ago.group(2).toUpperCase(Locale.ROOT));
      return Instant.now().minus(length);
    }
    try {
      return Instant.parse(at);
    } catch (DateTimeException e) {
      throw wrong("--at is no time such as 2026-11-30T17:00:00Z or 10m");
    }
  }

  private CommandLine.ParameterException wrong(String what) {
    return new CommandLine.ParameterException(requireNonNull(spec).commandLine(), what);
  }
}
