package dev.slipway.provider;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import org.jspecify.annotations.Nullable;

/// Which providers there are.
public final class Providers {
  private Providers() {}

  /// Opens the one of that name.
  ///
  /// @param region where its machines are, or null for what environment or profile say
  /// @param installation whose machines they are
  public static Provider open(String name, @Nullable String region, String installation) {
    if (name.equals(Ec2Provider.NAME)) {
      return Ec2Provider.open(region, installation);
    }
    throw new UserError(
        new Problem(
            ErrorCode.INVALID_PARAMS,
            "There is no provider " + name,
            null,
            "--provider "
                + Ec2Provider.NAME
                + "; any other machine joins by"
                + " `./slipway hosts add ssh://USER@ADDRESS`"));
  }
}
