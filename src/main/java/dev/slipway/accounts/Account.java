package dev.slipway.accounts;

import dev.slipway.core.AccountId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A person or machine that may use this installation.
///
/// @param name what to call them, or null
/// @param administrator whether it may make and remove accounts; it has no other app than its own
/// @param lastLogin when its password was last used, or null
public record Account(
    AccountId id,
    String email,
    @Nullable String name,
    boolean administrator,
    Instant createdAt,
    Instant updatedAt,
    @Nullable Instant lastLogin) {}
