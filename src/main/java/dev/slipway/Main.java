package dev.slipway;

/// Where every role of the jar starts.
public final class Main {
  private Main() {}

  /// Runs the command.
  public static void main(String[] arguments) {
    System.out.println("slipway " + arguments.length);
  }
}
