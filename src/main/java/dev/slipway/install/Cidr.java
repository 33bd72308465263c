package dev.slipway.install;

/// A block of IPv4 addresses.
///
/// @param address its first address
/// @param prefix how many leading bits are fixed, 0 to 32
record Cidr(int address, int prefix) {
  /// Clears the bits that are not fixed.
  Cidr {
    address &= mask(prefix);
  }

  /// Reads `10.0.0.0/8`.
  static Cidr parse(String text) {
    var parts = text.split("[./]", -1);
    if (parts.length != 5) {
      throw new IllegalArgumentException("not an IPv4 block: " + text);
    }
    var address = 0;
    for (var i = 0; i < 4; i++) {
      address = address << 8 | Integer.parseInt(parts[i]);
    }
    return new Cidr(address, Integer.parseInt(parts[4]));
  }

  boolean overlaps(Cidr other) {
    var mask = mask(Math.min(prefix, other.prefix));
    return (address & mask) == (other.address & mask);
  }

  /// The half with the higher addresses.
  Cidr upperHalf() {
    return new Cidr(address | 1 << (31 - prefix), prefix + 1);
  }

  /// The address so far into the block, in dotted form.
  String host(int offset) {
    return dotted(address + offset);
  }

  @Override
  public String toString() {
    return dotted(address) + "/" + prefix;
  }

  private static String dotted(int address) {
    return (address >>> 24)
        + "."
        + (address >>> 16 & 255)
        + "."
        + (address >>> 8 & 255)
        + "."
        + (address & 255);
  }

  private static int mask(int prefix) {
    return prefix == 0 ? 0 : -1 << (32 - prefix);
  }
}
