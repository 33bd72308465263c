package dev.slipway.cli;

import static java.util.Objects.requireNonNull;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// `slipway`: the command that holds all others.
@Command(
    name = "slipway",
    description = "Runs apps as Heroku does, on a server of your own.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      StatusCommand.class,
      DoctorCommand.class,
      EnvCommand.class,
      HerokuCommand.class,
      GitCommand.class,
      UsersCommand.class,
      HostsCommand.class,
      StoreCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      PsCommand.class,
      ReceiptsCommand.class,
      ScheduleCommand.class,
      PgCommand.class,
      RedisCommand.class,
      DeployCommand.class,
      LoadCommand.class,
      DownCommand.class,
      CommandLine.HelpCommand.class
    },
    footerHeading = "%nStart here:%n",
    footer = {
      "  ./slipway demo                     see it work, from nothing, in minutes",
      "  ./slipway up                       bring this machine up",
      "  ./slipway heroku apps:create shop  make an app",
      "  git push http://localhost:7080/shop.git main",
      "",
      "`./slipway help COMMAND` says more about a command."
    })
public final class SlipwayCommand implements Runnable {
  /// Commands that hand all that follows to a stock client.
  private static final List<String> CLIENTS = List.of("heroku", "git");

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the whole trace of an error.")
  private boolean verbose;

  @Option(
      names = "--host",
      paramLabel = "URL",
      description =
          "Use the installation on another host, ssh://USER@HOST; before `heroku` or `git`.")
  private @org.jspecify.annotations.Nullable String host;

  @CommandLine.Spec private CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

  /// Made by picocli.
  public SlipwayCommand() {}

  /// Runs the command line and gives its exit code.
  public static int run(String... arguments) {
    var root = new SlipwayCommand();
    var line = new CommandLine(root);
    line.setColorScheme(colours());
    line.setParameterExceptionHandler(Errors::onWrongArguments);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(
        (failure, _, _) -> Errors.tell(failure, System.err, root.verbose));
    for (var client : CLIENTS) {
      var command = requireNonNull(line.getSubcommands().get(client));
      command.setUnmatchedOptionsArePositionalParams(true);
      command.setStopAtPositional(true);
    }
    line.setExecutionStrategy(parsed -> {
      root.requireReach(parsed);
      return new CommandLine.RunLast().execute(parsed);
    });
    return line.execute(arguments);
  }

  /// The host whose installation is meant, or null for this machine.
  @org.jspecify.annotations.Nullable
  String host() {
    return host;
  }

  private void requireReach(CommandLine.ParseResult parsed) {
    var command = parsed.hasSubcommand() ? parsed.subcommand().commandSpec().name() : "";
    if (host != null && !CLIENTS.contains(command)) {
      throw new CommandLine.ParameterException(
          parsed.commandSpec().commandLine(),
          "--host goes with "
              + String.join(" and ", CLIENTS)
              + "; on the host itself: ./slipway "
              + command);
    }
  }

  /// Without a command there is only help to give.
  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(System.out);
    }
  }

  private static CommandLine.Help.ColorScheme colours() {
    return CommandLine.Help.defaultColorScheme(
        Terminal.ofThisProcess().colours() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF);
  }
}
