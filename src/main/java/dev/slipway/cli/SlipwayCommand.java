package dev.slipway.cli;

import static java.util.Objects.requireNonNull;

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
      UsersCommand.class,
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
  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the whole trace of an error.")
  private boolean verbose;

  @CommandLine.Spec private CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

  /// Made by picocli.
  public SlipwayCommand() {}

  /// Runs the command line and gives its exit code.
  public static int run(String... arguments) {
    var root = new SlipwayCommand();
    var line = new CommandLine(root);
    line.setColorScheme(colours());
    line.setParameterExceptionHandler(Errors::onWrongArguments);
    line.setExecutionExceptionHandler(
        (failure, _, _) -> Errors.tell(failure, System.err, root.verbose));
    var heroku = requireNonNull(line.getSubcommands().get("heroku"));
    heroku.setUnmatchedOptionsArePositionalParams(true);
    heroku.setStopAtPositional(true);
    return line.execute(arguments);
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
