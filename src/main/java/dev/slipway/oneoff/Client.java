package dev.slipway.oneoff;

import dev.slipway.engine.TerminalSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// A client that came for the input and output of a command. What it sends is read at once, whether
/// the command wants it or not, up to a limit: so it is noticed when the client goes. Thread-safe.
final class Client implements AutoCloseable {
  /// The most bytes that one TLS record carries.
  private static final int RECORD = 16 * 1024;

  /// Surely less than one record carries: what is written at once arrives in one piece.
  private static final int PIECE = 8 * 1024;

  private static final int MOST_RECORDS = 64;
  private static final Duration GOODBYE = Duration.ofSeconds(2);

  /// Stands for the end of the input in its queue.
  private static final byte[] END = new byte[0];

  private static final byte END_OF_TRANSMISSION = 4;

  private final Socket socket;
  private final SSLSocket secure;
  private final OutputStream output;
  private final @Nullable TerminalSize terminal;
  private final BlockingQueue<byte[]> input = new ArrayBlockingQueue<>(MOST_RECORDS);
  private final CountDownLatch gone = new CountDownLatch(1);
  private final Thread reader;

  /// Takes the connection over and begins to read.
  ///
  /// @param socket what lies below the secure one
  /// @param terminal the window that the client has, or null where it is a pipe
  Client(Socket socket, SSLSocket secure, @Nullable TerminalSize terminal) throws IOException {
    this.socket = socket;
    this.secure = secure;
    this.terminal = terminal;
    this.output = secure.getOutputStream();
    var incoming = secure.getInputStream();
    this.reader = Thread.ofVirtual().name("client").start(() -> read(incoming));
  }

  /// The window that it has, or null where it is a pipe.
  @Nullable TerminalSize terminal() {
    return terminal;
  }

  boolean isGone() {
    return gone.getCount() == 0;
  }

  /// Gives what the client sends to a process, until the thread is interrupted. A process that
  /// wants no more gets no more.
  void feed(OutputStream process) {
    var wanted = true;
    try {
      while (true) {
        var bytes = input.take();
        wanted = wanted && accepts(process, bytes);
      }
    } catch (InterruptedException processEnded) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean accepts(OutputStream process, byte[] bytes) {
    try {
      if (bytes.length == 0) {
        process.close();
        return false;
      }
      process.write(bytes);
      process.flush();
      return true;
    } catch (IOException closed) {
      return false;
    }
  }

  /// Gives the client what a process writes, to its end. Waits for a client that does not read, and
  /// reads on for one that is gone.
  ///
  /// The stock client makes a terminal's line ends those of a file, each piece for itself: so no
  /// line end is cut in two.
  void show(InputStream process) {
    var buffer = new byte[PIECE];
    var kept = 0;
    try {
      for (var count = process.read(buffer, 0, PIECE);
          count >= 0;
          count = process.read(buffer, kept, PIECE - kept)) {
        var length = kept + count;
        kept = terminal != null && buffer[length - 1] == '\r' ? 1 : 0;
        show(buffer, length - kept);
        buffer[0] = kept > 0 ? (byte) '\r' : 0;
      }
      show(buffer, kept);
    } catch (IOException engineIsGone) {
      // Nothing is left to be shown.
    }
  }

  /// Tells the client in a line of our own why there is nothing more to see.
  void say(String line) {
    var text = (" !     " + line + "\r\n").getBytes(StandardCharsets.UTF_8);
    show(text, text.length);
  }

  /// Tells the client the command's status, in a record of its own.
  void tellStatus(int status) {
    var line = ExitMarker.line(status);
    show(line, line.length);
  }

  private void show(byte[] bytes, int count) {
    try {
      output.write(bytes, 0, count);
      output.flush();
    } catch (IOException clientIsGone) {
      gone.countDown();
    }
  }

  /// Ends the connection so that all that was written arrives: the client closes its half first.
  void end() throws InterruptedException {
    try {
      secure.shutdownOutput();
      gone.await(GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (IOException closed) {
      // The client was faster.
    }
  }

  /// Closes at once, also under a write that waits.
  @Override
  public void close() {
    reader.interrupt();
    Rendezvous.close(socket);
  }

  private void read(InputStream incoming) {
    var record = new byte[RECORD];
    try {
      for (var count = incoming.read(record); count >= 0; count = incoming.read(record)) {
        input.put(isEnd(record, count) ? END : Arrays.copyOf(record, count));
      }
    } catch (IOException closed) {
      // The same as an end.
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    } finally {
      gone.countDown();
    }
  }

  /// The stock client tells the end of a pipe by a byte in a record of its own. A terminal knows by
  /// itself what that byte means.
  private boolean isEnd(byte[] record, int count) {
    return terminal == null && count == 1 && record[0] == END_OF_TRANSMISSION;
  }
}
