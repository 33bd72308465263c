package dev.slipway.addons;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An add-on that someone asks for.
///
/// @param plan a service or one of its plans, such as `slipway-secret:weekly`
/// @param name what to call it, or null for a name of our choice
/// @param attachment what its config vars begin with, or null for the service's usual name
/// @param options what the service takes beside the plan
/// @param confirm the app's name, where config vars or attachments may be overwritten; else null
public record AddonRequest(
    String plan,
    @Nullable String name,
    @Nullable String attachment,
    Map<String, String> options,
    @Nullable String confirm) {
  /// Copies the options.
  public AddonRequest {
    options = Map.copyOf(options);
  }

  String serviceName() {
    return plan.split(":", 2)[0];
  }
}
