package dev.slipway.api.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A plan of an add-on service.
public record PlanView(
    Reference addonService,
    @Nullable List<String> compliance,
    Instant createdAt,
    @JsonProperty("default") boolean isDefault,
    String description,
    String humanName,
    UUID id,
    boolean installableInsidePrivateNetwork,
    boolean installableOutsidePrivateNetwork,
    String name,
    PriceView price,
    boolean spaceDefault,
    String state,
    Instant updatedAt,
    boolean visible) {}
