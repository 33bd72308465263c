package dev.slipway.core;

/// A dyno's place in the formation, such as `web.1`: the type and a number that starts at 1.
public record DynoName(ProcessType type, int number) implements Comparable<DynoName> {
  /// Checks the number.
  public DynoName {
    if (number < 1) {
      throw new IllegalArgumentException("a dyno's number starts at 1: " + number);
    }
  }

  /// Parses `type.number`.
  ///
  /// @throws UserError when it is not of that form
  public static DynoName of(String name) {
    var dot = name.lastIndexOf('.');
    if (dot < 1 || !name.substring(dot + 1).matches("[1-9][0-9]{0,5}")) {
      throw new UserError(
          new Problem(
              ErrorCode.NOT_FOUND,
              "Couldn't find that process.",
              "'" + name + "' is not of the form type.number",
              "List the dynos: heroku ps"));
    }
    return new DynoName(
        new ProcessType(name.substring(0, dot)), Integer.parseInt(name.substring(dot + 1)));
  }

  @Override
  public int compareTo(DynoName other) {
    var byType = type.compareTo(other.type);
    return byType != 0 ? byType : Integer.compare(number, other.number);
  }

  @Override
  public String toString() {
    return type + "." + number;
  }
}
