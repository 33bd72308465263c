package dev.slipway.api.model;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The person behind an API key.
public record AccountView(
    boolean allowTracking,
    boolean beta,
    @Nullable String countryOfResidence,
    Instant createdAt,
    @Nullable Reference defaultOrganization,
    @Nullable Reference defaultTeam,
    @Nullable Instant delinquentAt,
    String email,
    boolean federated,
    UUID id,
    @Nullable Reference identityProvider,
    @Nullable Instant lastLogin,
    @Nullable String name,
    @Nullable String smsNumber,
    @Nullable Instant suspendedAt,
    boolean twoFactorAuthentication,
    Instant updatedAt,
    boolean verified) {}
