package dev.slipway.cli;

import dev.slipway.install.Installation;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `slipway env`: what a shell must know to use the stock clients.
@Command(
    name = "env",
    description = {
      "Prints the variables that make the stock `heroku` and `git` use this installation.",
      "The output holds the API key: feed it to eval, keep it out of logs."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  eval \"$(./slipway env)\"")
public final class EnvCommand implements Callable<Integer> {
  /// Made by picocli.
  public EnvCommand() {}

  @Override
  public Integer call() {
    try (var installation = Installation.ofThisMachine()) {
      installation
          .environment()
          .variables(System.getenv())
          .forEach((name, value) -> System.out.println("export " + name + "=" + quoted(value)));
    }
    return 0;
  }

  /// For a POSIX shell: in single quotes, with each single quote outside of them.
  static String quoted(String value) {
    return "'" + value.replace("'", "'\\''") + "'";
  }
}
