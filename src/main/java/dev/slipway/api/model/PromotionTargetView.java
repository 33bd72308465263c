package dev.slipway.api.model;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a promotion came to on one app.
///
/// @param status `pending`, `succeeded` or `failed`
public record PromotionTargetView(
    Identity app,
    @Nullable String errorMessage,
    UUID id,
    Identity pipelinePromotion,
    Identity release,
    String status) {}
