package dev.slipway.api.model;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The use of an add-on by an app.
public record AttachmentView(
    Addon addon,
    Reference app,
    List<String> configVars,
    Instant createdAt,
    UUID id,
    @Nullable String logInputUrl,
    String name,
    @Nullable String namespace,
    Instant updatedAt,
    @Nullable String webUrl) {
  /// Which add-on: told with its plan to whoever asks for that.
  public sealed interface Addon {}

  /// Name and app alone.
  public record Plain(Reference app, UUID id, String name) implements Addon {}

  /// The same and its plan.
  public record WithPlan(Reference app, UUID id, String name, PlanView plan) implements Addon {}
}
