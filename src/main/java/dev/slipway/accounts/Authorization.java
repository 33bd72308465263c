package dev.slipway.accounts;

import dev.slipway.core.AccountId;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Leave to use the API by a token. The token itself is not kept, only its hash.
///
/// @param hint the token's beginning and end, with asterisks between: enough to know it again
/// @param lifetime how long a token of it is valid, or null for ever
/// @param expiresAt when its token ends, or null for never
public record Authorization(
    UUID id,
    AccountId account,
    String description,
    Set<Scope> scopes,
    String hint,
    Maker maker,
    @Nullable Duration lifetime,
    @Nullable Instant expiresAt,
    Instant createdAt,
    Instant updatedAt) {
  /// How it was made. What a login made ends with a change of the password.
  public enum Maker {
    /// By a request with another token.
    TOKEN,
    /// By email address and password.
    PASSWORD,
    /// By a login in the browser; called a session, and not shown among authorizations.
    BROWSER
  }
}
