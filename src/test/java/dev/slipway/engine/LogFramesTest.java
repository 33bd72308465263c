package dev.slipway.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Docker's frames, taken apart alike however they come.
class LogFramesTest {
  private static final byte[] STREAM = stream();

  @Test
  void piecesOfAnySizeGiveTheSameLines() throws IOException {
    var whole = new ArrayList<String>();
    LogFrames.stampedLines(new ByteArrayInputStream(STREAM), whole::add);
    assertEquals(List.of("T1 one", "T3 err", "T2 a long line", "T4 rest"), whole);
    for (var size = 1; size <= STREAM.length; size++) {
      var lines = new ArrayList<String>();
      var parser = new LogFrames.Parser(lines::add);
      for (var from = 0; from < STREAM.length; from += size) {
        parser.add(ByteBuffer.wrap(STREAM, from, Math.min(size, STREAM.length - from)));
      }
      parser.end();
      assertEquals(whole, lines, "in pieces of " + size);
    }
  }

  /// The second line comes in two frames, between which the other stream has one.
  private static byte[] stream() {
    var bytes = new ByteArrayOutputStream();
    frame(bytes, 1, "T1 one\n");
    frame(bytes, 1, "T2 a long");
    frame(bytes, 2, "T3 err\n");
    frame(bytes, 1, "T2 line\n".replace("T2 ", "T2  "));
    frame(bytes, 1, "T4 rest");
    return bytes.toByteArray();
  }

  private static void frame(ByteArrayOutputStream bytes, int kind, String text) {
    var payload = text.getBytes(UTF_8);
    bytes.writeBytes(new byte[] {(byte) kind, 0, 0, 0, 0, 0, 0, (byte) payload.length});
    bytes.writeBytes(payload);
  }
}
