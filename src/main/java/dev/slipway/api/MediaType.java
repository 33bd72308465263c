package dev.slipway.api;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The version of the API that a client asks for in `Accept`. There is version 3 alone, which
/// clients also call by the names of its variants, such as `version=3.sdk`.
final class MediaType {
  private static final Pattern VERSION =
      Pattern.compile("application/vnd\\.heroku\\+json\\s*;\\s*version\\s*=\\s*\"?([\\w.-]*)");

  private MediaType() {}

  /// Lets pass version 3, its variants, and whoever names no version.
  ///
  /// @throws UserError not_acceptable, for another version
  static void requireVersion3(@Nullable String accept) {
    var named = VERSION.matcher(accept == null ? "" : accept);
    if (named.find() && !named.group(1).matches("3(\\..*)?")) {
      throw new UserError(
          new Problem(
              ErrorCode.NOT_ACCEPTABLE,
              "There is no version " + named.group(1) + " of the API.",
              null,
              "Send Accept: application/vnd.heroku+json; version=3"));
    }
  }
}
