package dev.slipway.accounts;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Who sends a request, and how far its credential reaches.
///
/// @param authorization the authorization of its token, or null for the machine's key or a password
/// @param token what it sent, or null for a password
public record Caller(
    Account account, Set<Scope> scopes, @Nullable UUID authorization, @Nullable Secret token) {
  /// Lets pass what the credential reaches.
  ///
  /// @throws UserError forbidden otherwise
  public void require(Scope.Need need) {
    if (!Scope.meet(scopes, need)) {
      var has = scopes.stream().map(Scope::label).sorted().collect(Collectors.joining(", "));
      throw new UserError(
          new Problem(
              ErrorCode.FORBIDDEN,
              "This token's scope does not reach so far",
              "it is " + has + ", and this takes " + need.label(),
              "heroku authorizations:create -s " + need.label() + " makes another token"));
    }
  }
}
