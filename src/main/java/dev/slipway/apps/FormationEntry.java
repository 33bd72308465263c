package dev.slipway.apps;

import dev.slipway.core.DynoSize;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.ProcessType;
import dev.slipway.core.UserError;
import java.util.UUID;

/// How many dynos of a process type an app runs, and how large.
public record FormationEntry(UUID id, ProcessType type, int quantity, DynoSize size) {
  /// More than this is surely a slip of the finger.
  public static final int MOST = 1000;

  /// Checks the quantity.
  ///
  /// @throws UserError when it is negative or above `MOST`
  public FormationEntry {
    if (quantity < 0 || quantity > MOST) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "Cannot scale " + type + " to " + quantity,
              "a quantity lies between 0 and " + MOST,
              "heroku ps:scale " + type + "=1"));
    }
  }
}
