package dev.slipway.cli;

import static java.util.Objects.requireNonNull;

import dev.slipway.install.DatabaseCommands;
import dev.slipway.install.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `slipway pg`: what the stock client asks a database itself, asked next to it.
@Command(
    name = "pg",
    description = {
      "Asks databases what `heroku pg:*` can't, from where they can be reached: on their host.",
      "WORD is psql, ps, locks, blocking, outliers, cache-hit, table-size, kill PID, cancel PID,",
      "kill-all, attach URL, destroyed or erase NAME. DATABASE is an attachment or an add-on."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      PgBackupsCommand.class,
      PgRestoreCommand.class,
      PgStandbyCommand.class,
      PgFailoverCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./slipway pg psql -a shop",
      "  ./slipway pg ps -a shop",
      "  ./slipway pg kill 4711 -a shop",
      "  ./slipway pg attach postgres://me:secret@db.example.com/shop -a shop",
      "  ./slipway pg destroyed             lists databases whose data is kept for seven days"
    })
public final class PgCommand implements Callable<Integer> {
  private final Terminal terminal = Terminal.ofThisProcess();

  /// Picocli would ask for it before `backups` and `restore`, too, if it had to be there.
  @Parameters(index = "0", paramLabel = "WORD", arity = "0..1", description = "What to ask.")
  private String word = "";

  @Parameters(
      index = "1..*",
      paramLabel = "ARGS",
      arity = "0..2",
      description = "What the word takes, and then the database, if it is not DATABASE.")
  private List<String> arguments = List.of();

  @Option(
      names = {"-a", "--app"},
      paramLabel = "APP",
      description = "The app whose database is meant.")
  private @Nullable String app;

  @Option(
      names = "--authority",
      paramLabel = "FILE",
      description = "With attach: the certificate that the server's must be signed by.")
  private @Nullable Path authority;

  @Option(
      names = "--plan",
      paramLabel = "PLAN",
      description = "With attach: the plan that says how many connections the pooler holds.")
  private String plan = "essential-0";

  @Spec private @Nullable CommandSpec spec;

  /// Made by picocli.
  public PgCommand() {}

  @Override
  public Integer call() {
    if (word.isEmpty()) {
      throw missing("WORD");
    }
    try (var installation = Installation.ofThisMachine()) {
      return ask(installation);
    }
  }

  private int ask(Installation installation) {
    var databases = installation.databases();
    return switch (word) {
      case "psql" -> psql(installation, databases);
      case "attach" -> attach(databases, required(0, "the database's URL"));
      case "destroyed" -> list(databases);
      case "erase" -> erase(databases, required(0, "the database's name"));
      case "kill", "cancel" ->
          say(databases.report(app(), argument(1), word, required(0, "the number of a backend")));
      default -> say(databases.report(app(), argument(0), word, null));
    };
  }

  private int psql(Installation installation, DatabaseCommands databases) {
    var psql = databases.psql(app(), argument(0), terminal.asks());
    return Terminal.hand(
        installation.hosts().command(psql.host(), psql.command(), terminal.asks()));
  }

  private int attach(DatabaseCommands databases, String url) {
    var addon = databases.attach(app(), plan, url, certificate());
    databases.await(app(), addon);
    return say(addon + " is attached: the app has DATABASE_URL, which leads to the pooler.");
  }

  private @Nullable String certificate() {
    try {
      return authority == null ? null : Files.readString(authority);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int list(DatabaseCommands databases) {
    var kept = databases.destroyed();
    kept.forEach(each -> say(each.text()));
    return kept.isEmpty() ? say("No destroyed database is kept.") : 0;
  }

  private int erase(DatabaseCommands databases, String name) {
    databases.erase(name);
    return say("The data of " + name + " is deleted.");
  }

  private int say(String text) {
    terminal.out().println(text);
    return 0;
  }

  private String app() {
    if (app == null) {
      throw missing("-a APP");
    }
    return app;
  }

  private @Nullable String argument(int index) {
    return index < arguments.size() ? arguments.get(index) : null;
  }

  private String required(int index, String what) {
    var given = argument(index);
    if (given == null) {
      throw missing(what);
    }
    return given;
  }

  private CommandLine.ParameterException missing(String what) {
    return new CommandLine.ParameterException(
        requireNonNull(spec).commandLine(), "Missing: " + what);
  }
}
