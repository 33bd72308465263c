package dev.slipway.engine;

import java.util.List;
import java.util.Locale;

/// Reads Linux's `/proc/net/tcp` and `tcp6`: who listens where.
///
/// Source: proc_net_tcp in the kernel's documentation. Addresses stand there in hexadecimal, each
/// 32-bit word in the machine's (little-endian) order; state 0A is LISTEN.
final class SocketTable {
  private SocketTable() {}

  static List<String> listeners(List<String> lines, int port) {
    var suffix = String.format(Locale.ROOT, ":%04X", port);
    return lines.stream()
        .map(line -> line.trim().split("\\s+", -1))
        .filter(columns -> columns.length > 3 && columns[3].equals("0A"))
        .map(columns -> columns[1])
        .filter(local -> local.endsWith(suffix))
        .map(local -> address(local.substring(0, local.length() - suffix.length())))
        .distinct()
        .toList();
  }

  private static String address(String hex) {
    return switch (hex) {
      case "00000000", "00000000000000000000000000000000" -> "0.0.0.0";
      case "0100007F" -> "127.0.0.1";
      case "00000000000000000000000001000000" -> "::1";
      default -> hex;
    };
  }
}
