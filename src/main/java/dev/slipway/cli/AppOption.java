package dev.slipway.cli;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The app that a command is about.
final class AppOption {
  @Option(
      names = {"-a", "--app"},
      paramLabel = "APP",
      defaultValue = "${env:HEROKU_APP}",
      description = "The app; else what HEROKU_APP says.")
  private @Nullable String app;

  /// @throws UserError when none is named
  String name() {
    if (app == null || app.isEmpty()) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "Which app?",
              "neither --app nor HEROKU_APP names one",
              "Add -a APP"));
    }
    return app;
  }
}
