package dev.slipway.postgres;

/// The addresses of databases: in the dynos' network, in the half that is given by hand, above
/// those of routers. So they are known before anything runs, and the wall lets dynos through.
///
/// @param base the network's first address
record Addresses(int base) {
  private static final int FIRST = 64 << 8;
  private static final int LAST = 128 << 8;

  /// Those of the network in CIDR notation.
  static Addresses in(String subnet) {
    var base = 0;
    for (var part : subnet.split("/", 2)[0].split("\\.", -1)) {
      base = base << 8 | Integer.parseInt(part);
    }
    return new Addresses(base);
  }

  /// The address of a part of the database of that number.
  ///
  /// @param which 0 for the server, 1 for the pooler
  String of(int number, int which) {
    var offset = FIRST + 2 * number + which;
    if (offset >= LAST) {
      throw new IllegalStateException("there are more databases than addresses for them");
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
