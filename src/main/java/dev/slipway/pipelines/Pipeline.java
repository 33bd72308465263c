package dev.slipway.pipelines;

import dev.slipway.core.AccountId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;

/// A row of apps that the same code passes through, such as from staging to production.
public record Pipeline(
    UUID id, String name, AccountId owner, Instant createdAt, Instant updatedAt) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{2,29}");

  /// Checks the name.
  ///
  /// @throws UserError when it is not as Heroku's pipelines are named
  public Pipeline {
    if (!NAME.matcher(name).matches()) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "'" + shown(name) + "' can't be a pipeline's name",
              "it starts with a letter and has 3 to 30 lowercase letters, digits and dashes",
              "Choose another name, such as orders"));
    }
  }

  private static String shown(String name) {
    return name.length() > 40 ? name.substring(0, 40) + "…" : name;
  }
}
