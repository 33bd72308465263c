package dev.slipway.install;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an order would make.
///
/// @param type of each machine
/// @param image the system that new machines start from, by the provider's id
/// @param network in which they are, by the provider's id
/// @param managers the addresses from which SSH is let in
/// @param monthlyDollars what all of them cost a month, or null where it is not known
/// @param cost the same in words
public record HostPlan(
    String provider,
    String region,
    List<Planned> hosts,
    String type,
    String image,
    String imageName,
    int diskGigabytes,
    String network,
    List<String> managers,
    @Nullable Double monthlyDollars,
    String cost) {
  /// Copies the lists.
  public HostPlan {
    hosts = List.copyOf(hosts);
    managers = List.copyOf(managers);
  }

  /// One of them.
  ///
  /// @param machine its id where it is there already, or null
  public record Planned(String name, @Nullable String machine) {}

  /// How many machines would be made.
  public long missing() {
    return hosts.stream().filter(host -> host.machine() == null).count();
  }
}
