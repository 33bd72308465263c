package dev.slipway.engine;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Docker's multiplexed stream: frames of an 8-byte header (stream kind, three zeros, length as a
/// big-endian 32-bit integer) and a payload, taken apart into lines.
///
/// Source: Docker Engine API, "Attach to a container", stream format.
final class LogFrames {
  private static final int LONGEST_LINE = 64 * 1024;

  private LogFrames() {}

  /// Gives each line to the consumer until the stream ends. Lines of the two streams are kept apart
  /// while they are incomplete; a line longer than 64 KB is cut into several.
  static void lines(InputStream stream, Consumer<String> consumer) throws IOException {
    read(stream, consumer, false);
  }

  /// The same for a stream whose frames each begin with a time stamp and a space. The engine splits
  /// lines above 16 KB into several frames, each with a stamp: only the first is kept.
  static void stampedLines(InputStream stream, Consumer<String> consumer) throws IOException {
    read(stream, consumer, true);
  }

  /// Gives the bytes of the standard output on as they come, and the lines of the standard error.
  static void bytes(InputStream stream, OutputStream output, Consumer<String> errors)
      throws IOException {
    var error = new LineBuffer(errors, false);
    var header = new byte[8];
    while (stream.readNBytes(header, 0, 8) == 8) {
      var payload = payload(stream, header);
      if (header[0] == 2) {
        error.add(payload);
      } else {
        output.write(payload);
      }
    }
    error.flush();
  }

  private static byte[] payload(InputStream stream, byte[] header) throws IOException {
    var length = ByteBuffer.wrap(header, 4, 4).getInt();
    var payload = stream.readNBytes(length);
    if (payload.length < length) {
      throw new EOFException("the engine's stream ended within a frame");
    }
    return payload;
  }

  private static void read(InputStream stream, Consumer<String> consumer, boolean stamped)
      throws IOException {
    var output = new LineBuffer(consumer, stamped);
    var error = new LineBuffer(consumer, stamped);
    var header = new byte[8];
    while (stream.readNBytes(header, 0, 8) == 8) {
      (header[0] == 2 ? error : output).add(payload(stream, header));
    }
    output.flush();
    error.flush();
  }

  /// The same as `stampedLines` for a stream that comes piece by piece. Not thread-safe.
  static final class Parser {
    private static final int LONGEST_FRAME = 1024 * 1024;

    private final LineBuffer output;
    private final LineBuffer error;
    private final ByteBuffer header = ByteBuffer.allocate(8);
    private @Nullable ByteBuffer payload;

    Parser(Consumer<String> consumer) {
      output = new LineBuffer(consumer, true);
      error = new LineBuffer(consumer, true);
    }

    void add(ByteBuffer piece) throws IOException {
      while (piece.hasRemaining()) {
        if (payload == null) {
          fill(header, piece);
          payload = header.hasRemaining() ? null : ByteBuffer.allocate(length());
        }
        if (payload != null) {
          fill(payload, piece);
          endFrame(payload);
        }
      }
    }

    private int length() throws IOException {
      var length = header.getInt(4);
      if (length < 0 || length > LONGEST_FRAME) {
        throw new IOException("no frame of the engine");
      }
      return length;
    }

    private void endFrame(ByteBuffer whole) {
      if (!whole.hasRemaining()) {
        var bytes = new byte[whole.capacity()];
        whole.flip().get(bytes);
        (header.get(0) == 2 ? error : output).add(bytes);
        header.clear();
        payload = null;
      }
    }

    /// Tells that the stream has ended.
    void end() {
      output.flush();
      error.flush();
    }

    private static void fill(ByteBuffer target, ByteBuffer piece) {
      var count = Math.min(target.remaining(), piece.remaining());
      target.put(piece.slice(piece.position(), count));
      piece.position(piece.position() + count);
    }
  }

  private static final class LineBuffer {
    private final Consumer<String> consumer;
    private final boolean stamped;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    LineBuffer(Consumer<String> consumer, boolean stamped) {
      this.consumer = consumer;
      this.stamped = stamped;
    }

    void add(byte[] bytes) {
      for (var i = stamped && line.size() > 0 ? endOfStamp(bytes) : 0; i < bytes.length; i++) {
        var b = bytes[i];
        if (b == '\n' || line.size() >= LONGEST_LINE) {
          emit();
        }
        if (b != '\n') {
          line.write(b);
        }
      }
    }

    private static int endOfStamp(byte[] bytes) {
      var i = 0;
      while (i < bytes.length && bytes[i] != ' ') {
        i++;
      }
      return Math.min(i + 1, bytes.length);
    }

    void flush() {
      if (line.size() > 0) {
        emit();
      }
    }

    private void emit() {
      consumer.accept(line.toString(StandardCharsets.UTF_8));
      line.reset();
    }
  }
}
