package dev.slipway.router;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// HTTP by the byte, since these tests say what no client library would send.
public final class Wire implements AutoCloseable {
  private final Socket socket;
  private final InputStream input;

  /// Connects to a port of this machine.
  public Wire(int port) throws IOException {
    socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2000);
    socket.setSoTimeout(100_000);
    input = socket.getInputStream();
  }

  /// Sends and reads one answer on a connection of its own.
  public static Answer once(int port, String request) throws IOException {
    try (var wire = new Wire(port)) {
      wire.send(request);
      return wire.answer();
    }
  }

  /// Gets one page.
  public static Answer get(int port, String host, String path, String... headers)
      throws IOException {
    return once(port, request("GET", host, path, "", headers));
  }

  /// Posts to `/`.
  public static Answer post(int port, String host, String body) throws IOException {
    return once(port, request("POST", host, "/", body));
  }

  /// The text of a request.
  public static String request(
      String method, String host, String path, String body, String... headers) {
    var length = method.equals("POST") ? "Content-Length: " + body.length() + "\r\n" : "";
    var more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: "
        + host
        + "\r\n"
        + more
        + length
        + "\r\n"
        + body;
  }

  /// Sends these characters, one byte each.
  public void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /// Reads one answer.
  public Answer answer() throws IOException {
    var head = head();
    var lines = head.lines().toList();
    var headers = new LinkedHashMap<String, String>();
    for (var i = 1; i < lines.size(); i++) {
      var colon = lines.get(i).indexOf(':');
      headers.merge(
          lines.get(i).substring(0, colon).toLowerCase(Locale.ROOT),
          lines.get(i).substring(colon + 1).strip(),
          (one, other) -> one + ", " + other);
    }
    var status = Integer.parseInt(lines.get(0).substring(9, 12));
    var body =
        status == 101 || status == 204
            ? ""
            : headers.containsKey("content-length")
                ? read(Integer.parseInt(headers.get("content-length")))
                : "chunked".equals(headers.get("transfer-encoding"))
                    ? chunks()
                    : new String(input.readAllBytes(), StandardCharsets.ISO_8859_1);
    return new Answer(status, headers, body);
  }

  /// The head of an answer, without the empty line.
  public String head() throws IOException {
    var text = new ByteArrayOutputStream();
    while (!text.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      text.write(next());
    }
    return text.toString(StandardCharsets.ISO_8859_1).strip();
  }

  /// Reads up to the end of a line.
  public String line() throws IOException {
    var text = new StringBuilder();
    for (var c = next(); c != '\n'; c = next()) {
      if (c != '\r') {
        text.append((char) c);
      }
    }
    return text.toString();
  }

  /// Reads this many bytes.
  public String read(int bytes) throws IOException {
    var data = input.readNBytes(bytes);
    if (data.length < bytes) {
      throw new EOFException("only " + data.length + " of " + bytes + " bytes");
    }
    return new String(data, StandardCharsets.ISO_8859_1);
  }

  private String chunks() throws IOException {
    var text = new StringBuilder();
    while (true) {
      var size = Integer.parseInt(line(), 16);
      text.append(read(size));
      line();
      if (size == 0) {
        return text.toString();
      }
    }
  }

  private int next() throws IOException {
    var c = input.read();
    if (c < 0) {
      throw new EOFException("closed");
    }
    return c;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /// An answer; header names in lower case.
  public record Answer(int status, Map<String, String> headers, String body) {}
}
