package dev.slipway;

import dev.slipway.agent.Agent;
import dev.slipway.cli.SlipwayCommand;
import dev.slipway.core.UserError;
import dev.slipway.server.ControlServer;
import dev.slipway.server.DirectDeploy;

/// Where every role of the jar starts.
public final class Main {
  private Main() {}

  /// Runs control for the one word `server`, a deploy without it for `direct APP WHAT`, the agent
  /// for `agent HOST:PORT DIRECTORY`, else the command.
  public static void main(String[] arguments) throws InterruptedException {
    System.setProperty("java.util.logging.config.class", LogSetup.class.getName());
    if (arguments.length == 1 && arguments[0].equals("server")) {
      exitWhereUnusable(ControlServer::run);
    } else if (arguments.length == 3 && arguments[0].equals("direct")) {
      exitWhereUnusable(() -> DirectDeploy.run(arguments[1], arguments[2]));
      System.exit(0);
    } else if (arguments.length == 3 && arguments[0].equals("agent")) {
      new Agent(Agent.Settings.of(arguments[1], arguments[2])).run();
    } else {
      System.exit(SlipwayCommand.run(arguments));
    }
  }

  private interface Role {
    void run() throws InterruptedException;
  }

  /// `slipway` shows what the container told last, so nothing may follow it.
  private static void exitWhereUnusable(Role role) throws InterruptedException {
    try {
      role.run();
    } catch (UserError unusable) {
      System.err.println(unusable.problem().told());
      System.exit(unusable.problem().code().exitCode());
    }
  }
}
