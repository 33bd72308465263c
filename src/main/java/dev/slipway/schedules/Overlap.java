package dev.slipway.schedules;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.Arrays;
import java.util.Locale;

/// What is done at a tick while an earlier run of the same schedule goes on.
public enum Overlap {
  /// The tick is passed over.
  SKIP,
  /// Both run.
  ALLOW,
  /// The earlier run is stopped, and this one starts when it is gone.
  REPLACE;

  /// Parses the word that people use.
  ///
  /// @throws UserError when there is no such policy
  public static Overlap of(String word) {
    return Arrays.stream(values())
        .filter(each -> each.word().equalsIgnoreCase(word))
        .findFirst()
        .orElseThrow(() ->
            new UserError(
                new Problem(
                    ErrorCode.INVALID_PARAMS,
                    "'" + word + "' says nothing about overlapping runs",
                    "it is skip, allow or replace",
                    "Leave it out, and a tick is skipped while the run before goes on.")));
  }

  /// The word that people use.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
