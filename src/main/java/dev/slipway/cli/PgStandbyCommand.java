package dev.slipway.cli;

import static java.util.Objects.requireNonNull;

import dev.slipway.install.Installation;
import dev.slipway.install.StandbyCommands;
import dev.slipway.install.StandbyCommands.Pair;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `slipway pg standby`: a second server that follows a database's.
@Command(
    name = "standby",
    description = {
      "Makes a standby of a database on another host, and waits until it is in step: then whatever",
      "the database acknowledges is on both hosts, and nothing is lost when the standby takes over.",
      "Where there is a standby already, it says how that does."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./slipway pg standby -a shop",
      "  ./slipway pg standby DATABASE_AMBER --host db2 -a shop",
      "  ./slipway pg standby --remove --confirm shop -a shop"
    })
public final class PgStandbyCommand implements Callable<Integer> {
  private final Terminal terminal = Terminal.ofThisProcess();

  @Mixin private final DatabaseOptions database = new DatabaseOptions();

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "The host that it comes to; otherwise the one with the fewest databases.")
  private @Nullable String host;

  @Option(names = "--remove", description = "Take the standby away, with its data.")
  private boolean remove;

  @Option(
      names = "--confirm",
      paramLabel = "APP",
      description = "With --remove: the app's name, to say that it is meant.")
  private @Nullable String confirm;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  /// Made by picocli.
  public PgStandbyCommand() {}

  @Override
  public Integer call() {
    if (remove && !database.app().equals(confirm)) {
      throw wrong("--remove deletes the standby's data: confirm with --confirm " + database.app());
    }
    if (remove && host != null) {
      throw wrong("--host is where one is made: leave out --remove");
    }
    try (var installation = Installation.ofThisMachine()) {
      return show(change(installation.databases().standbys()));
    }
  }

  private Pair change(StandbyCommands standbys) {
    return remove
        ? standbys.remove(database.app(), database.name(), this::passing)
        : standbys.make(database.app(), database.name(), host, this::passing);
  }

  private void passing(String step) {
    if (!json) {
      terminal.out().println("  " + step);
    }
  }

  private int show(Pair pair) {
    if (json) {
      terminal.out().println(Json.of(pair.json()));
      return 0;
    }
    var standby = pair.standby().map(StandbyCommands.Follower::text).orElse("no standby");
    terminal.out().println(pair.name() + " on " + pair.host() + ", " + standby);
    return 0;
  }

  private CommandLine.ParameterException wrong(String what) {
    return new CommandLine.ParameterException(requireNonNull(spec).commandLine(), what);
  }
}
