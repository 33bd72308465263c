package dev.slipway.provider;

import org.jspecify.annotations.Nullable;

/// What kind of machine is wanted.
///
/// @param type in the provider's words, such as `c7g.large`
/// @param image the provider's id of the system to start from, or null for the newest Debian 12
/// @param subnet the provider's id of the network to put it in, or null for the account's default
/// @param diskGigabytes how large its disk shall be
public record MachineOrder(
    String type, @Nullable String image, @Nullable String subnet, int diskGigabytes) {}
