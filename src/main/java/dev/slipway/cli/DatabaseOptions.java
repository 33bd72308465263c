package dev.slipway.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The database that a command is about.
final class DatabaseOptions {
  @Parameters(
      index = "0",
      paramLabel = "DATABASE",
      arity = "0..1",
      description = "The database, if it is not DATABASE.")
  private @Nullable String database;

  @Mixin private final AppOption app = new AppOption();

  /// What the app calls it; null for the one that it calls DATABASE.
  @Nullable String name() {
    return database;
  }

  /// @throws dev.slipway.core.UserError when no app is named
  String app() {
    return app.name();
  }
}
