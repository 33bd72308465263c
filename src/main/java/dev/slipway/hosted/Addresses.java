package dev.slipway.hosted;

/// The addresses of data services: in the dynos' network, in the half that is given by hand, above
/// those of routers. So they are known before anything runs, and the wall lets dynos through.
///
/// @param base the network's first address
public record Addresses(int base) {
  private static final int POSTGRES = 64 << 8;
  private static final int SECOND_POSTGRES = 88 << 8;
  private static final int REDIS = 112 << 8;
  private static final int END = 128 << 8;

  /// Those of the network in CIDR notation.
  public static Addresses in(String subnet) {
    var base = 0;
    for (var part : subnet.split("/", 2)[0].split("\\.", -1)) {
      base = base << 8 | Integer.parseInt(part);
    }
    return new Addresses(base);
  }

  /// The address of a part of the database of that number.
  ///
  /// @param which 0 for the server, 1 for the pooler
  /// @param seat 0 or 1: each part has two
  public String ofDatabase(int number, int which, int seat) {
    var offset = 2 * number + which;
    return seat == 0 ? at(POSTGRES + offset, SECOND_POSTGRES) : at(SECOND_POSTGRES + offset, REDIS);
  }

  /// The address of the Redis of that number.
  public String ofRedis(int number) {
    return at(REDIS + number, END);
  }

  private String at(int offset, int end) {
    if (offset >= end) {
      throw new IllegalStateException("there are more data services than addresses for them");
    }
    var address = base + offset;
    return (address >>> 24)
        + "."
        + (address >>> 16 & 255)
        + "."
        + (address >>> 8 & 255)
        + "."
        + (address & 255);
  }
}
