package dev.slipway.oneoff;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// How the stock client learns a command's status: it appends the `echo` of a line to the command,
/// and looks for that line in each piece of output by itself. A command that ends its shell, such
/// as `exit 7`, never comes to the `echo`, and a line that is cut in two is an error to the client.
/// So the `echo` is taken off, and the line is written by us, in one piece, when the status is
/// known.
///
/// Source: seen on the stock client.
final class ExitMarker {
  private static final String START = "\uffff heroku-command-exit-status: ";
  private static final Pattern ECHO =
      Pattern.compile("\\s*;\\s*echo \"" + START + "\\$\\?\"\\s*\\z");

  private ExitMarker() {}

  /// Whether the client wants to know the command's status.
  static boolean isIn(String command) {
    return ECHO.matcher(command).find();
  }

  /// The command as its user gave it.
  static String without(String command) {
    return ECHO.matcher(command).replaceFirst("");
  }

  /// The line that tells a status.
  static byte[] line(int status) {
    return (START + status + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
