package dev.slipway.install;

import static java.util.Map.entry;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Commands of the stock client that ask hosts fixed in its code, whatever it is told of ours, and
/// give them the API key. They are stopped before the key leaves this machine.
///
/// Source: the client's code, version 11.10.0; `FixedHostsTest` looks for hosts that are not here.
final class FixedHosts {
  private static final String ERRORS =
      "Errors stand in the router's log lines: heroku logs --source heroku --dyno-name router";
  private static final String FAVORITES = "List your apps: heroku apps";
  private static final String SCALE = "Scale by hand: heroku ps:scale web=2";
  private static final String GITHUB =
      "Push the code: git push heroku main. Pipelines are made by heroku pipelines:create.";
  private static final String TESTS = "Run the tests where they ran before, or by heroku run.";
  private static final String REVIEW = "Make an app for the branch: heroku apps:create";

  /// By command: what to use instead.
  private static final Map<String, String> INSTEAD =
      Map.ofEntries(
          entry("apps:errors", ERRORS),
          entry("apps:favorites", FAVORITES),
          entry("apps:favorites:add", FAVORITES),
          entry("apps:favorites:remove", FAVORITES),
          entry("ci:debug", TESTS),
          entry("ci:open", TESTS),
          entry("ci:rerun", TESTS),
          entry("ci:run", TESTS),
          entry("dashboard", "See what runs: ./slipway status, heroku apps"),
          entry("notifications", "Be told of events: heroku webhooks:add"),
          entry("orgs:open", FAVORITES),
          entry("pipelines:connect", GITHUB),
          entry("pipelines:open", "Show it: heroku pipelines:info"),
          entry("pipelines:setup", GITHUB),
          entry("ps:autoscale:disable", SCALE),
          entry("ps:autoscale:enable", SCALE),
          entry("reviewapps:disable", REVIEW),
          entry("reviewapps:enable", REVIEW));

  /// Commands that ask such a host on the way and go on without its answer.
  private static final Set<String> LIVES_WITHOUT = Set.of("pipelines:diff");

  /// The discard port, where nothing listens.
  private static final String NOWHERE = "http://127.0.0.1:9";

  private FixedHosts() {}

  /// Lets pass what stays with this installation; help does always.
  ///
  /// @param arguments as `heroku` would get them
  /// @throws UserError when the command would go elsewhere; it names what to use instead
  static void requireOurs(List<String> arguments) {
    var command = arguments.isEmpty() ? "" : arguments.getFirst();
    var instead = INSTEAD.get(command);
    if (instead == null || asksForHelp(arguments)) {
      return;
    }
    throw new UserError(
        new Problem(
            ErrorCode.INVALID_PARAMS,
            "heroku " + command + " was not run",
            "it talks to a host of Heroku's that is fixed in its code, and would send it your key",
            instead));
  }

  /// Variables that keep such a command on this machine: it reaches all else by a proxy that is not
  /// there.
  static Map<String, String> wall(List<String> arguments) {
    return arguments.isEmpty() || !LIVES_WITHOUT.contains(arguments.getFirst())
        ? Map.of()
        : Map.of("HTTP_PROXY", NOWHERE, "HTTPS_PROXY", NOWHERE, "NO_PROXY", "localhost,127.0.0.1");
  }

  /// Whether the command is known to ask such a host.
  static boolean has(String command) {
    return INSTEAD.containsKey(command) || LIVES_WITHOUT.contains(command);
  }

  /// What stands behind `--` is for the command that is run, not for the client.
  private static boolean asksForHelp(List<String> arguments) {
    return arguments.stream()
        .takeWhile(each -> !each.equals("--"))
        .anyMatch(each -> each.equals("--help") || each.equals("-h"));
  }
}
