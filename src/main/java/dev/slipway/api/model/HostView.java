package dev.slipway.api.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A host of the fleet.
///
/// @param agent `up`, or `silent` where nothing was heard of it for some seconds
/// @param memory bytes
/// @param figures what its agent told last, if that is up
/// @param running the dynos that run there; told of one host, and not in the list
public record HostView(
    String id,
    String name,
    String address,
    String state,
    String role,
    @Nullable String pool,
    String agent,
    String engine,
    int cpus,
    long memory,
    int dynos,
    @Nullable Figures figures,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Running> running) {
  /// How busy and full it is.
  ///
  /// @param cpu the part of its processors' time that is used, 0 to 1
  /// @param load programs that want to run, on average over a minute
  public record Figures(
      double cpu, long memoryUsed, long memoryTotal, long diskUsed, long diskTotal, double load) {}

  /// A dyno that runs there.
  ///
  /// @param cpu processors that it uses
  /// @param memory bytes that it uses
  public record Running(Reference app, String name, double cpu, long memory) {}
}
