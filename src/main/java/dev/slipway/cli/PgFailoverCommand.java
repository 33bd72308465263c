package dev.slipway.cli;

import dev.slipway.install.Installation;
import dev.slipway.install.StandbyCommands.Pair;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `slipway pg failover`: a database's standby becomes its server.
@Command(
    name = "failover",
    description = {
      "Has the standby of a database take over. Config vars stay as they are. Clients of the pooler",
      "wait meanwhile, direct ones are sent away. What was the server becomes the standby, by a new",
      "copy. Nothing that was acknowledged is lost while the standby is in step; with the",
      "database's host away, one that is behind is refused."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {"  ./slipway pg failover --confirm shop -a shop"})
public final class PgFailoverCommand implements Callable<Integer> {
  private final Terminal terminal = Terminal.ofThisProcess();

  @Mixin private final DatabaseOptions database = new DatabaseOptions();

  @Option(
      names = "--confirm",
      paramLabel = "APP",
      description = "The app's name, to say that it is meant.")
  private @Nullable String confirm;

  @Option(
      names = "--lose-what-is-missing",
      description = "Take over though the standby may lack what the database acknowledged last.")
  private boolean losing;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /// Made by picocli.
  public PgFailoverCommand() {}

  @Override
  public Integer call() {
    try (var installation = Installation.ofThisMachine()) {
      var standbys = installation.databases().standbys();
      return show(
          standbys.failOver(database.app(), database.name(), confirm, losing, this::passing));
    }
  }

  private void passing(String step) {
    if (!json) {
      terminal.out().println("  " + step);
    }
  }

  private int show(Pair pair) {
    terminal.out().println(json ? Json.of(pair.json()) : pair.name() + " is on " + pair.host());
    return 0;
  }
}
