package dev.slipway.provider;

import dev.slipway.core.Secret;

/// The request for one machine.
///
/// @param host what it will be called
/// @param token the same for the same machine, another for another one
/// @param userData what cloud-init does at its first start
public record Launch(String host, String token, Offer offer, Secret userData) {}
