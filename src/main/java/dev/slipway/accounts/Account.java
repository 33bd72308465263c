package dev.slipway.accounts;

import dev.slipway.core.AccountId;
import java.time.Instant;

/// A person or machine that may use this installation.
public record Account(AccountId id, String email, Instant createdAt) {}
