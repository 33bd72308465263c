package dev.slipway.engine;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
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
  private final InputStream answer;

  private Hijack(SocketChannel channel, InputStream answer) {
    this.channel = channel;
    this.answer = answer;
  }

  /// Sends the request, and then the input on a thread of its own.
  ///
  /// @throws DockerException when the engine does not agree to the upgrade
  static Hijack open(Path socket, String path, byte[] body, InputStream input) throws IOException {
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
      Thread.ofVirtual().name("hijack-input").start(() -> send(input, channel));
      return new Hijack(channel, answer);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /// What the command writes, in Docker's frames.
  InputStream answer() {
    return answer;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static void send(InputStream input, SocketChannel channel) {
    try (input) {
      input.transferTo(Channels.newOutputStream(channel));
      channel.shutdownOutput();
    } catch (IOException commandEndedFirst) {
      // It did not want the rest; its answer says how it went.
    }
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
