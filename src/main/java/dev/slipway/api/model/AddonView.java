package dev.slipway.api.model;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An add-on.
public record AddonView(
    List<String> actions,
    AddonServiceView addonService,
    Reference app,
    PriceView billedPrice,
    BillingEntity billingEntity,
    List<String> configVars,
    Instant createdAt,
    UUID id,
    String name,
    PlanView plan,
    String providerId,
    String provisionMessage,
    String state,
    Instant updatedAt,
    @Nullable String webUrl) {
  /// Whom it would be charged to.
  ///
  /// @param type `app`
  public record BillingEntity(UUID id, String name, String type) {}
}
