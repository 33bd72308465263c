package dev.slipway.api;

import dev.slipway.accounts.Scope;
import io.javalin.http.HandlerType;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// What an endpoint asks of a token's scope, told by its method and path. A path that no rule knows
/// is one of an app's, and asks for reading or writing.
final class ScopeRules {
  private static final Set<String> WHO_AM_I = Set.of("/account", "/users/{user}");

  /// What belongs to the account or says who has access: only a global token changes it.
  private static final Pattern ACCOUNT =
      Pattern.compile("/account(/.*)?|/users|/users/\\{user\\}|.*/collaborators(/.*)?|/oauth/.*");

  /// What shows config vars or other credentials, or runs a command that can print them.
  private static final Pattern PROTECTED =
      Pattern.compile(
          ".*/config-vars|.*/config|.*/credentials.*|.*/log-drains.*|.*/dynos(/\\{dyno\\})?"
              + "|.*/schedules"
              + "|/(api|client|postgres|redis)/.*");

  private static final Pattern LISTED_OPENLY = Pattern.compile(".*/dynos.*|.*/schedules");

  /// Posts that change nothing.
  private static final List<String> READING_POSTS =
      List.of(
          "/apps/{app}/log-sessions",
          "/actions/addons/resolve",
          "/actions/addon-attachments/resolve",
          "/filters/apps");

  private ScopeRules() {}

  static Scope.Need need(HandlerType method, String path) {
    var reads = method.equals(HandlerType.GET) || READING_POSTS.contains(path);
    if (reads && WHO_AM_I.contains(path)) {
      return Scope.Need.IDENTITY;
    }
    if (path.startsWith("/oauth/") || (!reads && ACCOUNT.matcher(path).matches())) {
      return Scope.Need.GLOBAL;
    }
    if (isProtected(method, path)) {
      return reads ? Scope.Need.READ_PROTECTED : Scope.Need.WRITE_PROTECTED;
    }
    return reads ? Scope.Need.READ : Scope.Need.WRITE;
  }

  /// Dynos are listed without secrets, and restarted without any; to run one is to see all. So it
  /// is with schedules: whoever adds one chooses what is run.
  private static boolean isProtected(HandlerType method, String path) {
    return PROTECTED.matcher(path).matches()
        && (!LISTED_OPENLY.matcher(path).matches() || method.equals(HandlerType.POST));
  }
}
