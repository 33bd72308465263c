package dev.slipway.core;

import java.util.Arrays;
import java.util.Locale;

/// How much of a host a dyno may take, under Heroku's names.
public enum DynoSize {
  /// 512 MB.
  ECO(512),
  /// 512 MB.
  BASIC(512),
  /// 512 MB; the default.
  STANDARD_1X(512),
  /// 1 GB.
  STANDARD_2X(1024),
  /// 2.5 GB.
  PERFORMANCE_M(2560),
  /// 14 GB.
  PERFORMANCE_L(14 * 1024);

  private final int memoryMegabytes;
  private final String label;

  DynoSize(int memoryMegabytes) {
    this.memoryMegabytes = memoryMegabytes;
    this.label = label(name());
  }

  /// Parses Heroku's name in any case, such as `standard-2x`.
  ///
  /// @throws UserError when there is no such size
  public static DynoSize of(String name) {
    return Arrays.stream(values())
        .filter(size -> size.label.equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() ->
            new UserError(
                new Problem(
                    ErrorCode.INVALID_PARAMS,
                    "No such size as " + name + ".",
                    "the sizes are eco, basic, standard-1x, standard-2x, performance-m and"
                        + " performance-l",
                    "heroku ps:scale web=1:standard-1x")));
  }

  /// Heroku's spelling, such as `Standard-1X`.
  public String label() {
    return label;
  }

  private static String label(String name) {
    var words = name.toLowerCase(Locale.ROOT).split("_", -1);
    return Arrays.stream(words)
        .map(word -> word.length() <= 2 ? word.toUpperCase(Locale.ROOT) : capitalize(word))
        .reduce((left, right) -> left + "-" + right)
        .orElseThrow();
  }

  /// The memory limit in bytes.
  public long memoryBytes() {
    return memoryMegabytes * 1024L * 1024L;
  }

  private static String capitalize(String word) {
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }
}
