package dev.slipway;

import dev.slipway.cli.SlipwayCommand;

/// Where every role of the jar starts.
public final class Main {
  private Main() {}

  /// Runs the command.
  public static void main(String[] arguments) {
    System.exit(SlipwayCommand.run(arguments));
  }
}
