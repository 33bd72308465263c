package dev.slipway.cli;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.objects.StoreKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/// The key of a store: what the environment says, what is typed without being shown, or two lines
/// of standard input. It is never an argument, which other users of the machine would see.
final class GivenKey {
  private static final String ID = "AWS_ACCESS_KEY_ID";
  private static final String SECRET = "AWS_SECRET_ACCESS_KEY";

  private GivenKey() {}

  /// @throws UserError invalid_params, when there is none
  static StoreKey read(Map<String, String> environment, Terminal terminal, InputStream in) {
    if (!environment.getOrDefault("AWS_SESSION_TOKEN", "").isEmpty()) {
      throw refused("AWS_SESSION_TOKEN is set: that key ends after some hours");
    }
    var id = environment.getOrDefault(ID, "");
    var secret = environment.getOrDefault(SECRET, "");
    if (!id.isEmpty() && !secret.isEmpty()) {
      return new StoreKey(id, new Secret(secret));
    }
    return terminal.asks() ? ask() : lines(in);
  }

  private static StoreKey ask() {
    var console =
        Optional.ofNullable(System.console())
            .filter(java.io.Console::isTerminal)
            .orElseThrow(() -> refused("nobody can be asked"));
    var id = console.readLine("Key's id: ");
    char @org.jspecify.annotations.Nullable [] typed = console.readPassword("Key's secret: ");
    if (id == null || typed == null) {
      throw refused("none was typed");
    }
    var key = new StoreKey(id.strip(), new Secret(new String(typed)));
    Arrays.fill(typed, ' ');
    return key;
  }

  private static StoreKey lines(InputStream in) {
    try {
      var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      @org.jspecify.annotations.Nullable String id = lines.readLine();
      @org.jspecify.annotations.Nullable String secret = lines.readLine();
      if (id == null || secret == null) {
        throw refused("neither the environment nor standard input has one");
      }
      return new StoreKey(id.strip(), new Secret(secret.strip()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static UserError refused(String why) {
    return new UserError(
        new Problem(
            ErrorCode.INVALID_PARAMS,
            "No key of the store was taken",
            why,
            "Set " + ID + " and " + SECRET + ", or pipe both as two lines, or give --role."));
  }
}
