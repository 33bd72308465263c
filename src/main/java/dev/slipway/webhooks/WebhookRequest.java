package dev.slipway.webhooks;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.outbound.Target;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a client asks of a webhook; null where it says nothing.
///
/// @param target where events are sent
/// @param include the kinds of event
/// @param secret signs each delivery
/// @param authorization sent as header with each delivery
public record WebhookRequest(
    @Nullable Target target,
    @Nullable List<String> include,
    @Nullable Level level,
    @Nullable Secret secret,
    @Nullable Secret authorization) {
  /// The kinds of event that a webhook can ask for: Heroku's, and that of backups that are not as
  /// they should be. Those of add-ons and their attachments are accepted, and never come.
  public static final List<String> KINDS =
      List.of(
          "api:addon",
          "api:addon-attachment",
          "api:app",
          "api:build",
          "api:collaborator",
          "api:domain",
          "api:formation",
          "api:release",
          "api:sni-endpoint",
          "dyno",
          "slipway:backup",
          "slipway:database");

  private static final List<String> SCHEMES = List.of("https", "http");
  private static final int LONGEST_VALUE = 1000;

  /// Reads a request.
  ///
  /// @throws UserError invalid_params
  public static WebhookRequest of(
      @Nullable String url,
      @Nullable List<String> include,
      @Nullable String level,
      @Nullable String secret,
      @Nullable String authorization) {
    return new WebhookRequest(
        url == null ? null : Target.parse(url, SCHEMES),
        include == null ? null : kinds(include),
        level == null ? null : level(level),
        secret == null ? null : secret("secret", secret),
        authorization == null ? null : secret("authorization", authorization));
  }

  private static List<String> kinds(List<String> include) {
    var kinds = include.stream().map(kind -> kind.equals("api:dyno") ? "dyno" : kind).distinct();
    var known = kinds.filter(KINDS::contains).toList();
    if (known.isEmpty() || known.size() < include.stream().distinct().count()) {
      throw invalid("include must name kinds of event: " + String.join(", ", KINDS) + ".");
    }
    return known;
  }

  private static Level level(String label) {
    return Level.of(label).orElseThrow(() -> invalid("level must be notify or sync."));
  }

  private static Secret secret(String field, String value) {
    if (value.isEmpty() || value.length() > LONGEST_VALUE || !isPrintable(value)) {
      throw invalid(field + " must be 1 to " + LONGEST_VALUE + " printable ASCII characters.");
    }
    return new Secret(value);
  }

  /// It stands in a header.
  private static boolean isPrintable(String value) {
    return value.chars().allMatch(c -> c >= ' ' && c <= '~');
  }

  private static UserError invalid(String what) {
    return UserError.of(ErrorCode.INVALID_PARAMS, what);
  }
}
