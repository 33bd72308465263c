package dev.slipway.pipelines;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// Where in its pipeline an app stands.
public enum Stage {
  /// For automated tests.
  TEST,
  /// For a look at one change.
  REVIEW,
  /// For work in progress.
  DEVELOPMENT,
  /// For a last look before production.
  STAGING,
  /// What users get.
  PRODUCTION;

  /// Heroku's word.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Parses Heroku's word.
  ///
  /// @throws UserError when it is none
  public static Stage of(String label) {
    return Arrays.stream(values())
        .filter(stage -> stage.label().equals(label))
        .findFirst()
        .orElseThrow(() ->
            new UserError(
                new Problem(
                    ErrorCode.INVALID_PARAMS,
                    "There is no such stage",
                    "the stages are "
                        + Arrays.stream(values())
                            .map(Stage::label)
                            .collect(Collectors.joining(", ")),
                    "heroku pipelines:update --stage staging")));
  }
}
