package dev.slipway.cli;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A password that a person chooses: typed twice without being shown, or the first line of standard
/// input.
final class NewPassword {
  private NewPassword() {}

  /// Asks where somebody can answer, else reads.
  ///
  /// @throws UserError invalid_params, when there is none, or when the two differ
  static Secret read(Terminal terminal, InputStream in) {
    if (!terminal.asks()) {
      return firstLine(in);
    }
    var console = Optional.ofNullable(System.console()).filter(Console::isTerminal);
    return ask(
        console.orElseThrow(
            () -> refused("nobody can be asked, as standard output is not a terminal")));
  }

  private static Secret ask(Console console) {
    var first = answer(console, "Password: ");
    if (!first.equals(answer(console, "The same again: "))) {
      throw refused("the two differ");
    }
    return first;
  }

  private static Secret answer(Console console, String question) {
    char @Nullable [] typed = console.readPassword(question);
    if (typed == null || typed.length == 0) {
      throw refused("none was given");
    }
    var password = new Secret(new String(typed));
    Arrays.fill(typed, ' ');
    return password;
  }

  private static Secret firstLine(InputStream in) {
    try {
      @Nullable String line =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
      if (line == null || line.isEmpty()) {
        throw refused("standard input has none");
      }
      return new Secret(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static UserError refused(String why) {
    return new UserError(
        new Problem(
            ErrorCode.INVALID_PARAMS,
            "No password was taken",
            why,
            "Type it when asked, or pipe it: ./slipway users passwd EMAIL < FILE"));
  }
}
