package dev.slipway.provider;

import org.jspecify.annotations.Nullable;

/// A machine that can be had.
///
/// @param processor its kind, as `uname -m` says it
/// @param image the provider's id of the system that it starts from
/// @param imageName that system's name
/// @param rootDevice where that system expects its disk
/// @param subnet the network that was asked for, or null for the account's default
/// @param network the network around that
/// @param cost what it costs a month
public record Offer(
    MachineOrder order,
    String processor,
    String image,
    String imageName,
    String rootDevice,
    @Nullable String subnet,
    String network,
    MonthlyCost cost) {
  /// The same from another image.
  public Offer withImage(String otherImage) {
    return new Offer(order, processor, otherImage, imageName, rootDevice, subnet, network, cost);
  }
}
