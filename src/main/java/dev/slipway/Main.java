package dev.slipway;

import dev.slipway.cli.SlipwayCommand;
import dev.slipway.server.ControlServer;

/// Where every role of the jar starts.
public final class Main {
  private Main() {}

  /// Runs control for the one word `server`, else the command.
  public static void main(String[] arguments) throws InterruptedException {
    System.setProperty("java.util.logging.config.class", LogSetup.class.getName());
    if (arguments.length == 1 && arguments[0].equals("server")) {
      ControlServer.run();
    } else {
      System.exit(SlipwayCommand.run(arguments));
    }
  }
}
