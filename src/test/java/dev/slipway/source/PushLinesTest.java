package dev.slipway.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Lines reach the client of a push at once, and silence is broken.
class PushLinesTest {
  @Test
  void silenceIsBrokenByAByteThatNobodySees() throws InterruptedException {
    var client = new ByteArrayOutputStream();
    try (var lines = new PushLines(client, Duration.ofMillis(30))) {
      lines.line("one  ");
      Thread.sleep(400);
      lines.line("two");
    }
    var sent = client.toString(StandardCharsets.UTF_8);
    assertTrue(sent.startsWith("one\n\0"), sent);
    assertTrue(sent.endsWith("\0two\n"), sent);
    Thread.sleep(100);
    assertEquals(sent, client.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aClientThatHasGoneIsNotWrittenToAgain() {
    var writes = new AtomicInteger();
    var broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            writes.incrementAndGet();
            throw new IOException("gone");
          }
        };
    try (var lines = new PushLines(broken, Duration.ofSeconds(5))) {
      lines.line("one");
      lines.line("two");
    }
    assertEquals(1, writes.get());
  }
}
