package dev.slipway.addons;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Names of add-ons and attachments, given or chosen.
final class AddonNames {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z][A-Za-z0-9_-]{1,99}");
  private static final List<String> SHAPES =
      List.of("angular", "concave", "cubic", "curved", "flat", "oval", "regular", "round", "solid");
  private static final List<String> COLORS =
      List.of("AMBER", "BLUE", "CYAN", "GREEN", "OLIVE", "PINK", "RED", "TEAL", "VIOLET", "WHITE");

  private final SecureRandom random = new SecureRandom();

  /// A name for an add-on whose owner gave none, such as `slipway-secret-oval-12345`.
  String next(Service service) {
    var shape = SHAPES.get(random.nextInt(SHAPES.size()));
    return service.name() + "-" + shape + "-" + (10_000 + random.nextInt(90_000));
  }

  /// The service's usual name for an attachment, or, where that is taken, one with a colour.
  String free(Service service, Set<String> taken) {
    var usual = service.attachment();
    return Stream.concat(
            Stream.concat(Stream.of(usual), COLORS.stream().map(color -> usual + "_" + color)),
            Stream.iterate(2, number -> number + 1).map(number -> usual + "_" + number))
        .filter(name -> !taken.contains(name))
        .findFirst()
        .orElseThrow();
  }

  static String valid(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "An add-on can't have that name",
              "it starts with a letter and has 2 to 100 letters, digits, dashes and underscores",
              "Choose another name, such as orders-sessions"));
    }
    return name;
  }
}
