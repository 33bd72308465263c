package dev.slipway.accounts;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import java.util.Locale;
import java.util.regex.Pattern;

/// An email address, which names an account; in lower case, as nobody tells two addresses apart by
/// that. Stands in URLs and in `EMAIL:PASSWORD` as it is, so it has no character that means
/// something there.
public record EmailAddress(String value) {
  static final int LONGEST = 254;
  private static final Pattern FORM =
      Pattern.compile("[a-z0-9._+=~'-]{1,64}@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?");

  /// Reads an address.
  ///
  /// @throws UserError invalid_params, when it is none
  public EmailAddress {
    value = normal(value);
    if (value.length() > LONGEST || !FORM.matcher(value).matches() || value.contains("..")) {
      throw UserError.of(
          ErrorCode.INVALID_PARAMS, "email must be an address such as ann@example.com.");
    }
  }

  /// The spelling by which addresses are compared.
  static String normal(String value) {
    return value.strip().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return value;
  }
}
