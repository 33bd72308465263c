package dev.slipway.apps;

import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;

/// A host name of the owner's own that leads to an app; `*.` in front takes every name below.
public record Domain(UUID id, AppId app, String hostname, Instant createdAt) {
  private static final Pattern VALID =
      Pattern.compile("(\\*\\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9-]{2,63}");

  /// Checks the host name.
  ///
  /// @throws UserError when it is no DNS name, or one that the platform gives out itself
  public Domain {
    if (hostname.length() > 253 || !VALID.matcher(hostname).matches()) {
      throw invalid(hostname, "it is not a fully qualified domain name in lower case");
    }
    if (hostname.endsWith(".localhost")) {
      throw invalid(hostname, "names below localhost belong to the platform");
    }
  }

  private static UserError invalid(String hostname, String why) {
    return new UserError(
        new Problem(
            ErrorCode.INVALID_PARAMS,
            "Domain " + hostname + " can't be added",
            why,
            "heroku domains:add www.example.com"));
  }
}
