package dev.slipway.schedules;

import dev.slipway.core.DynoSize;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A schedule that somebody wants.
///
/// @param name what it goes by in its app, or null to have one made
/// @param told when, in words or as cron
/// @param zone the name of the zone whose clocks count, or null for UTC
/// @param command a shell command, or one whose first word is a process type
/// @param grace how late a tick may still be run
public record ScheduleRequest(
    @Nullable String name,
    String told,
    @Nullable String zone,
    String command,
    DynoSize size,
    Overlap overlap,
    Duration grace) {
  /// The grace of a schedule that says nothing else.
  public static final Duration USUAL_GRACE = Duration.ofMinutes(10);

  /// A run is over a day after it began, so that a later start helps nobody.
  public static final Duration LONGEST_GRACE = Duration.ofHours(24);

  /// Less would miss ticks for no better reason than that control was busy.
  private static final Duration SHORTEST_GRACE = Duration.ofMinutes(1);

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");

  /// Checks what can be checked without knowing the app.
  ///
  /// @throws UserError where the name or the grace can't be
  public ScheduleRequest {
    if (name != null && !NAME.matcher(name).matches()) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "'" + name + "' can't be a schedule's name",
              "a name has up to 63 small letters, digits and dashes, and begins with a letter",
              "Name it for what it does, such as nightly-report"));
    }
    if (grace.compareTo(SHORTEST_GRACE) < 0 || grace.compareTo(LONGEST_GRACE) > 0) {
      throw UserError.of(ErrorCode.INVALID_PARAMS, "The grace is from a minute to 24 hours.");
    }
  }
}
