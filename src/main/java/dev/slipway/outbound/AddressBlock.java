package dev.slipway.outbound;

import java.net.InetAddress;
import java.net.UnknownHostException;

/// A block of IP addresses, such as `10.0.0.0/8` or `fc00::/7`.
///
/// @param first any address of the block
/// @param prefix how many leading bits its addresses share
record AddressBlock(InetAddress first, int prefix) {
  AddressBlock {
    if (prefix < 0 || prefix > bits(first)) {
      throw new IllegalArgumentException("a block of " + first + " has no prefix of " + prefix);
    }
  }

  /// Reads a block; an address alone stands for itself.
  static AddressBlock parse(String text) {
    var slash = text.indexOf('/');
    var address = literal(slash < 0 ? text : text.substring(0, slash));
    try {
      return new AddressBlock(
          address, slash < 0 ? bits(address) : Integer.parseInt(text.substring(slash + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a block of addresses: " + text, e);
    }
  }

  boolean contains(InetAddress address) {
    var ours = first.getAddress();
    var theirs = address.getAddress();
    if (ours.length != theirs.length) {
      return false;
    }
    for (var bit = 0; bit < prefix; bit += 8) {
      var mask = 0xff << Math.max(0, 8 - (prefix - bit));
      if (((ours[bit / 8] ^ theirs[bit / 8]) & mask & 0xff) != 0) {
        return false;
      }
    }
    return true;
  }

  private static InetAddress literal(String text) {
    if (!text.matches("[0-9a-fA-F.:]+")) {
      throw new IllegalArgumentException("not an IP address: " + text);
    }
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an IP address: " + text, e);
    }
  }

  private static int bits(InetAddress address) {
    return address.getAddress().length * 8;
  }
}
