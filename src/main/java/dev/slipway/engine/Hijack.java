package dev.slipway.engine;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A two-way stream to the engine, as `exec` needs it: one HTTP request whose connection then
/// carries raw bytes both ways. Written on the plain socket because the end of the input must be
/// told (the output half is closed) while the answer is still read; docker-java's transport keeps
/// both halves open, and a command that reads to the end of its input never ends.
final class Hijack implements AutoCloseable {
  private final SocketChannel channel;
  private final OutputStream input;
  private final InputStream answer;

  private Hijack(SocketChannel channel, OutputStream input, InputStream answer) {
    this.channel = channel;
    this.input = input;
    this.answer = answer;
  }

  /// Sends the request.
  ///
  /// @throws DockerException when the engine does not agree to the upgrade
  static Hijack open(Path socket, String path, byte[] body) throws IOException {
    var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    try {
      var head =
          "POST "
              + path
              + " HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
              + "Content-Type: application/json\r\nContent-Length: "
              + body.length
              + "\r\n\r\n";
      var output = Channels.newOutputStream(channel);
      output.write(head.getBytes(StandardCharsets.US_ASCII));
      output.write(body);
      var answer = new BufferedInputStream(Channels.newInputStream(channel));
      var status = status(answer);
      if (status != 101 && status != 200) {
        throw new DockerException(status, "POST " + path, "no upgrade");
      }
      return new Hijack(channel, output, answer);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /// Sends the whole input, and its end, on a thread of its own.
  void sendAll(InputStream all) {
    Thread.ofVirtual()
        .name("hijack-input")
        .start(() -> {
          try (all) {
            all.transferTo(input);
            endInput();
          } catch (IOException commandEndedFirst) {
            // It did not want the rest; its answer says how it went.
          }
        });
  }

  /// Where the command's input goes.
  OutputStream input() {
    return input;
  }

  /// Tells the command that its input has ended.
  void endInput() throws IOException {
    channel.shutdownOutput();
  }

  /// What the command writes: in Docker's frames, or as it is where the command has a terminal.
  InputStream answer() {
    return answer;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static int status(InputStream answer) throws IOException {
    var head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
      var next = answer.read();
      if (next < 0 || head.size() > 16 * 1024) {
        throw new IOException("the engine closed the connection");
      }
      head.write(next);
    }
    var words = head.toString(StandardCharsets.US_ASCII).split(" ", 3);
    return Integer.parseInt(words[1]);
  }
}
