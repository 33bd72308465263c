package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The stock `heroku` command: the one on this machine, or one that npm brings once.
public final class HerokuClient {
  /// The version whose requests the API was measured against.
  private static final String PACKAGE = "heroku@11.10.0";

  private final ClientEnvironment environment;

  HerokuClient(ClientEnvironment environment) {
    this.environment = environment;
  }

  /// Runs it in this terminal.
  ///
  /// @return its exit status
  /// @throws UserError when the command would take the key to hosts that are not ours, or the
  ///   machine lacks what the command needs
  public int run(List<String> arguments) {
    FixedHosts.requireOurs(arguments);
    var more = new HashMap<>(FixedHosts.wall(arguments));
    more.putAll(environment.forContainers(arguments));
    more.putAll(pastProxies(arguments));
    var command = new ArrayList<>(List.of(program()));
    command.addAll(arguments);
    return environment.run(command, more);
  }

  /// The client fetches a backup by the proxy of `https` whatever `NO_PROXY` says, and a proxy does
  /// not reach this machine's own addresses.
  static Map<String, String> pastProxies(List<String> arguments) {
    return arguments.contains("pg:backups:download")
        ? Map.of("https_proxy", "", "HTTPS_PROXY", "")
        : Map.of();
  }

  private String program() {
    var own = environment.tools().resolve("node_modules/.bin/heroku");
    if (Files.isExecutable(own)) {
      return own.toString();
    }
    return Commands.exists("heroku") ? "heroku" : install(own).toString();
  }

  private Path install(Path own) {
    if (!Commands.exists("npm")) {
      throw problem("there is neither `heroku` nor npm on this machine", "Install Node.js 20.");
    }
    System.err.println("Installing the heroku command for Slipway (once, about a minute) ...");
    Home.makePrivate(environment.tools());
    var ended =
        Commands.run(
            Map.of(),
            List.of(
                "npm",
                "install",
                "--prefix",
                environment.tools().toString(),
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
                PACKAGE),
            _ -> {});
    if (ended.status() != 0) {
      throw problem(ended.tail(), "Check that npm works on this machine.");
    }
    return own;
  }

  private static UserError problem(String why, String hint) {
    return new UserError(
        new Problem(ErrorCode.UNAVAILABLE, "The heroku command can't be run", why, hint));
  }
}
