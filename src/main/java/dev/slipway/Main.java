package dev.slipway;

import dev.slipway.agent.Agent;
import dev.slipway.cli.SlipwayCommand;
import dev.slipway.core.UserError;
import dev.slipway.server.ControlServer;

/// Where every role of the jar starts.
public final class Main {
  private Main() {}

  /// Runs control for the one word `server`, the agent for `agent HOST:PORT DIRECTORY`, else the
  /// command.
  public static void main(String[] arguments) throws InterruptedException {
    System.setProperty("java.util.logging.config.class", LogSetup.class.getName());
    if (arguments.length == 1 && arguments[0].equals("server")) {
      runControl();
    } else if (arguments.length == 3 && arguments[0].equals("agent")) {
      new Agent(Agent.Settings.of(arguments[1], arguments[2])).run();
    } else {
      System.exit(SlipwayCommand.run(arguments));
    }
  }

  /// `slipway up` shows what control told last, so nothing may follow it.
  private static void runControl() throws InterruptedException {
    try {
      ControlServer.run();
    } catch (UserError unusable) {
      System.err.println(unusable.problem().told());
      System.exit(unusable.problem().code().exitCode());
    }
  }
}
