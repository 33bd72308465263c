package dev.slipway.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;

/// How the command may write: with colours and lines that replace each other on a terminal, plainly
/// everywhere else.
///
/// @param live whether standard output is a terminal
/// @param asks whether standard input is a terminal, so that a question finds somebody
/// @param colours whether colours are wanted
record Terminal(boolean live, boolean asks, boolean colours, PrintStream out) {
  /// What the `slipway` script saw and the environment says.
  static Terminal ofThisProcess() {
    var live = Boolean.getBoolean("slipway.terminal.out");
    var noColour = System.getenv("NO_COLOR");
    return new Terminal(
        live,
        Boolean.getBoolean("slipway.terminal.in"),
        live && (noColour == null || noColour.isEmpty()),
        System.out);
  }

  /// The same, with what it writes beside the output.
  Terminal aside() {
    return new Terminal(false, asks, colours, System.err);
  }

  /// Hands this process's terminal to another program, and gives how that ended.
  static int hand(List<String> command) {
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  String green(String text) {
    return coloured("32", text);
  }

  String yellow(String text) {
    return coloured("33", text);
  }

  String red(String text) {
    return coloured("31", text);
  }

  String faint(String text) {
    return coloured("2", text);
  }

  String bold(String text) {
    return coloured("1", text);
  }

  private String coloured(String code, String text) {
    return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
