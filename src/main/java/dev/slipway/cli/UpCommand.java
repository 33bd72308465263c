package dev.slipway.cli;

import dev.slipway.install.Consent;
import dev.slipway.install.Installation;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Scanner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `slipway up`: brings this machine up.
@Command(
    name = "up",
    description = {
      "Brings this machine up: Docker Engine, networks, image server, builder, router, control.",
      "Run twice it changes nothing; broken off, it goes on where it stopped."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  ./slipway up --yes")
public final class UpCommand implements Callable<Integer> {
  @Option(names = "--yes", description = "Install missing packages without asking.")
  private boolean yes;

  /// Made by picocli.
  public UpCommand() {}

  @Override
  public Integer call() {
    var terminal = Terminal.ofThisProcess();
    try (var installation = Installation.ofThisMachine()) {
      installation.up(consent(yes, terminal), new StepLines(terminal));
      sayWhatNext(terminal, installation);
    }
    return 0;
  }

  /// Yes without a question where the option says so; no where nobody is there to answer.
  static Consent consent(boolean yes, Terminal terminal) {
    return question -> yes || (terminal.asks() && agrees(question, terminal));
  }

  private static boolean agrees(String question, Terminal terminal) {
    terminal.out().print("\n" + question + " [y/N] ");
    terminal.out().flush();
    var answers = new Scanner(System.in, StandardCharsets.UTF_8);
    return answers.hasNextLine()
        && answers.nextLine().strip().toLowerCase(Locale.ROOT).startsWith("y");
  }

  private static void sayWhatNext(Terminal terminal, Installation installation) {
    var environment = installation.environment();
    terminal.out().println();
    terminal.out().println(terminal.bold("Slipway is up."));
    terminal.out().println("  API       " + environment.api() + "  (https://localhost:7443)");
    // Not where the output is kept: a key in a log is a key given away.
    var key = terminal.live() ? environment.apiKey().reveal() + ", kept in " : "in ";
    terminal.out().println("  API key   " + key + environment.apiKeyFile());
    terminal.out().println("  apps      http://NAME.localhost/");
    terminal.out().println();
    terminal.out().println("Next, in a directory with an app under git:");
    terminal.out().println("  eval \"$(./slipway env)\"     # or its absolute path");
    terminal.out().println("  heroku apps:create NAME     # or ./slipway heroku apps:create NAME");
    terminal.out().println("  git push http://localhost:7080/NAME.git main");
  }
}
