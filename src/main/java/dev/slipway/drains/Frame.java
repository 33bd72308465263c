package dev.slipway.drains;

import dev.slipway.observe.LogLine;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;

/// Some lines that go to a drain together: RFC 5424 messages, each after its length in bytes (RFC
/// 6587, octet counting). By HTTP, Logplex leaves out the field for structured data.
///
/// Source: Heroku's "Log Drains", and its `application/logplex-1`.
final class Frame {
  /// Logplex splits longer lines.
  private static final int LONGEST_MESSAGE = 10_000;

  /// Facility times 8 and severity: local7.info, local3.info, local5.warning.
  private static final int OF_APP = 190;

  private static final int OF_PLATFORM = 158;
  private static final int OF_DRAIN = 172;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSxxx", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final String id = UUID.randomUUID().toString();
  private final String token;
  private final String beforeText;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int messages;

  /// @param structured whether messages have the field for structured data
  Frame(String token, boolean structured) {
    this.token = token;
    this.beforeText = structured ? " - - " : " - ";
  }

  /// The same for each try to deliver it, so that a receiver can tell that it has it already.
  String id() {
    return id;
  }

  int messages() {
    return messages;
  }

  int size() {
    return bytes.size();
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  void add(LogLine line) {
    add(
        line.source().equals(LogLine.APP) ? OF_APP : OF_PLATFORM,
        line.time(),
        line.source(),
        line.dyno(),
        line.text());
  }

  /// Adds the drain's own word to its receiver.
  void addNotice(Instant time, String text) {
    add(OF_DRAIN, time, LogLine.PLATFORM, Loss.DYNO, text);
  }

  private void add(int priority, Instant time, String source, String dyno, String text) {
    var head =
        ("<" + priority + ">1 " + TIME.format(time) + ' ' + token + ' ' + source + ' ' + dyno)
            + beforeText;
    var message = text.replace("\r", "").replace('\n', ' ').getBytes(StandardCharsets.UTF_8);
    var from = 0;
    do {
      var until = Math.min(message.length, from + LONGEST_MESSAGE);
      while (until < message.length && (message[until] & 0xc0) == 0x80) {
        until--; // not within a character
      }
      append(head.getBytes(StandardCharsets.UTF_8), message, from, until);
      from = until;
    } while (from < message.length);
  }

  private void append(byte[] head, byte[] message, int from, int until) {
    var length = head.length + until - from + 1;
    bytes.writeBytes((length + " ").getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(head);
    bytes.write(message, from, until - from);
    bytes.write('\n');
    messages++;
  }
}
