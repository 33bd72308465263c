package dev.slipway.observe;

import java.time.Instant;

/// One line of an app's log, under Heroku's names: `source[dyno]: text`.
///
/// @param sequence rises with each line of the app; where a reader goes on after a break
/// @param source `app` for what the app wrote, `heroku` for what the platform did
/// @param dyno `web.1`, or `router` or `api` for parts of the platform
public record LogLine(long sequence, Instant time, String source, String dyno, String text) {
  /// What the app itself writes.
  public static final String APP = "app";

  /// What the platform writes; Heroku's word, because clients colour lines by it.
  public static final String PLATFORM = "heroku";
}
