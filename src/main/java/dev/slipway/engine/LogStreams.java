package dev.slipway.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Log streams that go on for as long as their dynos live. There is one for each dyno, so one
/// thread reads them all, and one that is silent takes a kilobyte: with a thread each, thousands of
/// them were most of control's memory. Thread-safe.
final class LogStreams {
  private static final int BUFFER = 64 * 1024;
  private static final int LONGEST_HEAD = 16 * 1024;
  private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Path socket;
  private @Nullable Selector selector;

  LogStreams(Path socket) {
    this.socket = socket;
  }

  /// Gives the lines of a stream to the consumer, on the thread of all streams, until the result is
  /// closed. Asked for in HTTP/1.0, so that the answer has no chunks and ends with its connection.
  ///
  /// @throws DockerException when the engine answers with an error status
  Engine.LogFollower open(String path, Consumer<String> lines) {
    try {
      var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
      try {
        return open(channel, path, lines);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Stream open(SocketChannel channel, String path, Consumer<String> lines)
      throws IOException {
    var request = "GET " + path + " HTTP/1.0\r\nHost: docker\r\n\r\n";
    var bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    var status = status(head(channel));
    if (status >= 400) {
      throw new DockerException(status, "GET " + DockerApi.withoutQuery(path), rest(channel));
    }
    channel.configureBlocking(false);
    var stream = new Stream(channel, new LogFrames.Parser(lines));
    var reading = selector();
    channel.register(reading, SelectionKey.OP_READ, stream);
    reading.wakeup();
    return stream;
  }

  /// Byte by byte, so that nothing of what follows is taken.
  private static String head(SocketChannel channel) throws IOException {
    var head = new ByteArrayOutputStream();
    var next = ByteBuffer.allocate(1);
    for (var matched = 0; matched < END_OF_HEAD.length; ) {
      next.clear();
      if (channel.read(next) < 0 || head.size() > LONGEST_HEAD) {
        throw new IOException("the engine closed the connection");
      }
      var b = next.get(0);
      head.write(b);
      matched = b == END_OF_HEAD[matched] ? matched + 1 : b == END_OF_HEAD[0] ? 1 : 0;
    }
    return head.toString(StandardCharsets.US_ASCII);
  }

  private static int status(String head) {
    return Integer.parseInt(head.split(" ", 3)[1]);
  }

  private static String rest(SocketChannel channel) throws IOException {
    var rest = ByteBuffer.allocate(LONGEST_HEAD);
    while (rest.hasRemaining() && channel.read(rest) >= 0) {
      // until the engine ends it
    }
    return new String(rest.array(), 0, rest.position(), StandardCharsets.UTF_8);
  }

  private synchronized Selector selector() throws IOException {
    var reading = selector;
    if (reading == null) {
      reading = Selector.open();
      var all = reading;
      Thread.ofPlatform().daemon().name("log-streams").start(() -> readForEver(all));
      selector = reading;
    }
    return reading;
  }

  private static void readForEver(Selector selector) {
    var buffer = ByteBuffer.allocateDirect(BUFFER);
    try {
      while (true) {
        selector.select();
        for (var keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
          read(keys, buffer);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void read(Iterator<SelectionKey> keys, ByteBuffer buffer) {
    var stream = (Stream) keys.next().attachment();
    keys.remove();
    stream.read(buffer);
  }

  private record Stream(SocketChannel channel, LogFrames.Parser frames, CountDownLatch ended)
      implements Engine.LogFollower {
    Stream(SocketChannel channel, LogFrames.Parser frames) {
      this(channel, frames, new CountDownLatch(1));
    }

    void read(ByteBuffer buffer) {
      try {
        buffer.clear();
        if (channel.read(buffer) < 0) {
          frames.end();
          close();
        } else {
          frames.add(buffer.flip());
        }
      } catch (IOException | RuntimeException brokenOff) {
        // Closed by us, or the engine went away: whoever follows sees the end and follows anew.
        close();
      }
    }

    @Override
    public boolean awaitEnd(Duration limit) {
      try {
        return ended.await(limit.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        ended.countDown();
      }
    }
  }
}
