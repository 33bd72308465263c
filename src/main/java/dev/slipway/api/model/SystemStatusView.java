package dev.slipway.api.model;

import java.util.List;

/// What `heroku status` shows.
///
/// @param status each part and how it is
/// @param incidents always none
/// @param scheduled always none
public record SystemStatusView(List<Part> status, List<String> incidents, List<String> scheduled) {
  /// A part of the platform.
  ///
  /// @param status `green` or `red`
  public record Part(String system, String status) {}
}
