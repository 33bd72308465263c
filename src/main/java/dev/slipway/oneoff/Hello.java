package dev.slipway.oneoff;

import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Pattern;

/// What a client says first: its command's secret, as a line by itself, or in the request of HTTP
/// that asks for another protocol on the same connection.
///
/// Source: seen on the stock client.
///
/// @param upgrade whether it asks for another protocol
record Hello(String secret, boolean upgrade) {
  private static final int LONGEST_LINE = 1024;
  private static final int MOST_HEADERS = 50;
  private static final Pattern REQUEST = Pattern.compile("GET /(\\S*) HTTP/1\\.1");
  private static final Pattern UPGRADE = Pattern.compile("(?i)upgrade:\\s*tcp");

  /// Reads no byte more than that.
  static Hello read(InputStream input) throws IOException {
    var line = line(input);
    var request = REQUEST.matcher(line);
    if (!request.matches()) {
      return new Hello(withoutQuery(line), false);
    }
    if (!asksForUpgrade(input)) {
      throw new IOException("no other protocol was asked for");
    }
    return new Hello(withoutQuery(request.group(1)), true);
  }

  private static boolean asksForUpgrade(InputStream input) throws IOException {
    var asked = false;
    for (var count = 0; count < MOST_HEADERS; count++) {
      var header = line(input);
      if (header.isEmpty()) {
        return asked;
      }
      asked = asked || UPGRADE.matcher(header).matches();
    }
    throw new IOException("the request has too many headers");
  }

  private static String line(InputStream input) throws IOException {
    var line = new StringBuilder();
    for (var next = input.read(); next != '\n'; next = input.read()) {
      if (next < 0 || line.length() > LONGEST_LINE) {
        throw new IOException("no secret was said");
      }
      line.append((char) next);
    }
    return line.toString().strip();
  }

  private static String withoutQuery(String text) {
    return text.replaceFirst("\\?.*", "");
  }
}
