package dev.slipway.release;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The environment that an app's owner gives it. A value may hold anything that a Linux environment
/// can: all but the null character.
public record ConfigVars(SortedMap<String, Secret> values) {
  /// No variables.
  public static final ConfigVars NONE = new ConfigVars(new TreeMap<>());

  /// Names and values together may take this many bytes in UTF-8, as on Heroku.
  public static final int MOST_BYTES = 64 * 1024;

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,254}");

  /// Checks and copies.
  ///
  /// @throws UserError invalid_params, which names the variable but never its value
  public ConfigVars {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    values.forEach(ConfigVars::check);
    var bytes =
        values.entrySet().stream()
            .mapToLong(entry -> bytes(entry.getKey()) + bytes(entry.getValue().reveal()))
            .sum();
    if (bytes > MOST_BYTES) {
      throw invalid(
          "Config vars can't be set",
          "together they take " + bytes + " bytes, " + MOST_BYTES + " at the most",
          "Keep large values in a file or a bucket, and only its address here");
    }
  }

  /// These variables with some changed: a value replaces or adds, null takes away.
  public ConfigVars with(Map<String, @Nullable String> changes) {
    var changed = new TreeMap<>(values);
    changes.forEach((name, value) -> {
      if (value == null) {
        changed.remove(name);
      } else {
        changed.put(name, new Secret(value));
      }
    });
    return new ConfigVars(changed);
  }

  private static void check(String name, Secret value) {
    if (!NAME.matcher(name).matches()) {
      throw invalid(
          "Config var '" + name + "' can't be set",
          "a name starts with a letter or underscore and has letters, digits and underscores",
          "heroku config:set DATABASE_URL=...");
    }
    if (value.reveal().indexOf('\0') >= 0) {
      throw invalid(
          "Config var '" + name + "' can't be set",
          "its value holds a null character, which no environment can carry",
          null);
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static UserError invalid(String what, String why, @Nullable String hint) {
    return new UserError(new Problem(ErrorCode.INVALID_PARAMS, what, why, hint));
  }
}
