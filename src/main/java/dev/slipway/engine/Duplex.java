package dev.slipway.engine;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// A connection whose two halves end one by one, as Docker's two-way streams need it.
public interface Duplex extends AutoCloseable {
  /// What the other side says.
  InputStream input();

  /// What is said to the other side.
  OutputStream output();

  /// Tells the other side that nothing more is said to it; it may go on.
  void endOutput() throws IOException;

  @Override
  void close() throws IOException;

  /// How long whoever asked may take to hang up once it was answered. Closing before it does could
  /// take the answer's last bytes back.
  Duration FAREWELL = Duration.ofSeconds(5);

  /// A socket channel.
  static Duplex of(SocketChannel channel) {
    return new Halves(
        Channels.newInputStream(channel),
        Channels.newOutputStream(channel),
        channel::shutdownOutput,
        channel);
  }

  /// A socket, of TLS 1.3 or plain.
  ///
  /// @param below closed without a word to the other side: a farewell can wait for ever
  static Duplex of(Socket socket, Socket below) throws IOException {
    return new Halves(
        socket.getInputStream(), socket.getOutputStream(), socket::shutdownOutput, below);
  }

  /// A program's input and output.
  static Duplex of(Process process) {
    var output = process.getOutputStream();
    return new Halves(process.getInputStream(), output, output, process::destroy);
  }

  /// A connection of two streams.
  ///
  /// @param outputEnd ends what is said
  /// @param end ends all of it
  record Halves(InputStream input, OutputStream output, Closeable outputEnd, Closeable end)
      implements Duplex {
    @Override
    public void endOutput() throws IOException {
      outputEnd.close();
    }

    @Override
    public void close() throws IOException {
      end.close();
    }
  }

  /// Passes on what each says to the other until the one that was asked has said all, and closes
  /// both.
  static void join(Duplex asker, Duplex asked) {
    try (asker;
        asked) {
      var questions = Thread.ofVirtual().name("questions").start(() -> ask(asker, asked));
      try {
        pass(asked.input(), asker.output());
        asker.endOutput();
      } finally {
        asked.close();
        questions.join(FAREWELL);
      }
    } catch (IOException gone) {
      // Either end may go at any time; the other one sees it as the end of the connection.
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    }
  }

  private static void ask(Duplex asker, Duplex asked) {
    try {
      try {
        pass(asker.input(), asked.output());
        asked.endOutput();
      } catch (IOException answered) {
        // What is still said is of no use to anybody, and read so that the answer gets through.
        asker.input().transferTo(OutputStream.nullOutputStream());
      }
    } catch (IOException gone) {
      // As above.
    }
  }

  private static void pass(InputStream from, OutputStream to) throws IOException {
    var bytes = new byte[16 * 1024];
    for (var count = from.read(bytes); count >= 0; count = from.read(bytes)) {
      to.write(bytes, 0, count);
      to.flush();
    }
  }
}
