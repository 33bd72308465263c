package dev.slipway.addons;

import java.time.Instant;
import java.util.UUID;

/// What tells whether something is to be done for an add-on, and is no secret.
///
/// @param configuredAt since when it has its config vars
/// @param isOfNoApp whether the app that it belongs to is gone
record AddonOutline(
    UUID id,
    String service,
    String plan,
    AddonState state,
    Instant configuredAt,
    boolean isOfNoApp) {}
