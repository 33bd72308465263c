package dev.slipway.api.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// What went wrong, in Heroku's form; what is not known is left out.
///
/// @param id the kind of error, such as `not_found`
/// @param message for a person
/// @param resource what was not found, such as `app`
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ErrorView(
    String id,
    String message,
    @Nullable String url,
    @Nullable String resource,
    @Nullable Named app) {
  /// The app that the request was about.
  public record Named(String name) {}
}
