package dev.slipway.oneoff;

import dev.slipway.engine.TerminalSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A client whose connection carries input and output as they are. What it sends is read at once,
/// whether the command wants it or not, up to a limit: so it is noticed when the client goes.
final class RendezvousClient extends Client {
  /// The most bytes that one TLS record carries.
  private static final int RECORD = 16 * 1024;

  private static final int MOST_RECORDS = 64;

  /// Stands for the end of the input in its queue.
  private static final byte[] END = new byte[0];

  private static final byte END_OF_TRANSMISSION = 4;

  private final Connection connection;
  private final BlockingQueue<byte[]> input = new ArrayBlockingQueue<>(MOST_RECORDS);
  private final Thread reader;

  /// Takes the connection over and begins to read.
  ///
  /// @param terminal the window that the client has, or null where it is a pipe
  RendezvousClient(Connection connection, @Nullable TerminalSize terminal) throws IOException {
    super(connection.secure().getOutputStream(), terminal);
    this.connection = connection;
    var incoming = connection.secure().getInputStream();
    this.reader = Thread.ofVirtual().name("client").start(() -> read(incoming));
  }

  @Override
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

  /// This wire has no word for it.
  @Override
  void fit(Consumer<TerminalSize> process) {}

  @Override
  void end(OptionalInt status) throws InterruptedException {
    try {
      connection.secure().shutdownOutput();
      awaitGone();
    } catch (IOException closed) {
      // The client was faster.
    }
  }

  @Override
  public void close() {
    reader.interrupt();
    connection.close();
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
      leave();
    }
  }

  /// The stock client tells the end of a pipe by a byte in a record of its own. A terminal knows by
  /// itself what that byte means.
  private boolean isEnd(byte[] record, int count) {
    return terminal() == null && count == 1 && record[0] == END_OF_TRANSMISSION;
  }
}
