package dev.slipway.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.slipway.engine.Duplex;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/// What agent and control say to each other. The agent makes every connection, with TLS in which
/// both show certificates, and begins it with a line: what the connection is for, and the session.
///
/// - `beat`: one per session. The agent says a line of figures each two seconds, control an empty
///   line. Who hears nothing for eight seconds, or sees the connection end, ends the session and
///   every connection of it.
/// - `idle`: what control says on it, whenever it does, is for the host's engine, and so on in both
///   directions. A few of them wait; one that is taken is followed by another.
final class Wire {
  static final String BEAT = "beat";
  static final String IDLE = "idle";
  static final Duration BEAT_EACH = Duration.ofSeconds(2);
  static final Duration SILENCE = Duration.ofSeconds(8);
  private static final int LONGEST_LINE = 256;

  private Wire() {}

  /// A connection's first line.
  record Hello(String purpose, String session) {
    static Hello read(InputStream input) throws IOException {
      var words = line(input).split(" ", -1);
      if (words.length != 2) {
        throw new IOException("no agent of this version");
      }
      return new Hello(words[0], words[1]);
    }

    void say(Duplex connection) throws IOException {
      Wire.say(connection, purpose + " " + session);
    }
  }

  static void say(Duplex connection, String line) throws IOException {
    connection.output().write((line + "\n").getBytes(US_ASCII));
    connection.output().flush();
  }

  static String line(InputStream input) throws IOException {
    var line = new ByteArrayOutputStream();
    for (var next = input.read(); next != '\n'; next = input.read()) {
      if (next < 0 || line.size() == LONGEST_LINE) {
        throw new IOException("the other side said no more");
      }
      line.write(next);
    }
    return line.toString(US_ASCII);
  }
}
