package dev.slipway.api;

import dev.slipway.observe.LogLine;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Log lines as server-sent events, each with its sequence as id. Many streams of an app write the
/// same lines at about the same time, so what was made for one is kept a while for the others.
/// Thread-safe.
final class LogEvents {
  private static final int REMEMBERED = 4096;
  private static final int LONGEST_REMEMBERED = 500;

  /// Microseconds and a numeric zone, as Heroku's clients parse it.
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSxxx", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final class Event {
    final LogLine line;
    final byte[] bytes;

    Event(LogLine line) {
      this.line = line;
      this.bytes = write(line);
    }
  }

  private final AtomicReferenceArray<@Nullable Event> remembered =
      new AtomicReferenceArray<>(REMEMBERED);

  byte[] of(List<LogLine> lines) {
    var events = new ByteArrayOutputStream();
    for (var line : lines) {
      events.writeBytes(of(line));
    }
    return events.toByteArray();
  }

  private byte[] of(LogLine line) {
    if (line.text().length() > LONGEST_REMEMBERED) {
      return write(line);
    }
    var slot = (int) (line.sequence() % REMEMBERED);
    var event = remembered.get(slot);
    if (event == null || !event.line.equals(line)) {
      event = new Event(line);
      remembered.set(slot, event);
    }
    return event.bytes;
  }

  private static byte[] write(LogLine line) {
    var text = line.text().replace("\r", "").replace('\n', ' ');
    var event =
        "id: "
            + line.sequence()
            + "\ndata: "
            + TIME.format(line.time())
            + ' '
            + line.source()
            + '['
            + line.dyno()
            + "]: "
            + text
            + "\n\n";
    return event.getBytes(StandardCharsets.UTF_8);
  }
}
