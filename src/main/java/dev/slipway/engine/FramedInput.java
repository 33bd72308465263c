package dev.slipway.engine;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/// The payloads of Docker's multiplexed stream (`LogFrames` has the format), of both streams in the
/// order in which they come. Not thread-safe.
final class FramedInput extends InputStream {
  private static final int HEADER = 8;

  private final InputStream frames;
  private int left;

  FramedInput(InputStream frames) {
    this.frames = frames;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (left == 0) {
      var header = frames.readNBytes(HEADER);
      if (header.length < HEADER) {
        return -1;
      }
      left = ByteBuffer.wrap(header, 4, 4).getInt();
    }
    var count = frames.read(target, offset, Math.min(length, left));
    if (count < 0) {
      throw new EOFException("the engine's stream ended within a frame");
    }
    left -= count;
    return count;
  }
}
