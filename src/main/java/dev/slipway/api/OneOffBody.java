package dev.slipway.api;

import dev.slipway.core.DynoSize;
import dev.slipway.core.ProcessType;
import dev.slipway.oneoff.OneOffRequest;
import java.time.Duration;

/// Reads the request for a one-off dyno.
final class OneOffBody {
  /// What Linux takes as one argument of a program is 128 KB; the shell's own part is small.
  private static final int LONGEST_COMMAND = 64 * 1024;

  private OneOffBody() {}

  /// A request for a dyno of its own.
  static OneOffRequest read(Body body) {
    return read(body, body.optionalFlag("attach").orElse(false));
  }

  /// A request for a command inside a dyno, which always has a client.
  static OneOffRequest readAttached(Body body) {
    body.optionalFlag("attach");
    return read(body, true);
  }

  private static OneOffRequest read(Body body, boolean attach) {
    return OneOffRequest.of(
        command(body),
        attach,
        body.textMap("env"),
        body.optionalText("size").map(DynoSize::of).orElse(DynoSize.STANDARD_1X),
        body.optionalText("type").map(OneOffBody::type).orElse(null),
        attach && !body.optionalFlag("force_no_tty").orElse(false),
        body.optionalInteger("time_to_live")
            .map(OneOffBody::timeToLive)
            .orElse(OneOffRequest.LONGEST));
  }

  /// The command that is to be run.
  static String command(Body body) {
    var command = body.text("command");
    if (command.isBlank()) {
      throw Body.invalid("command must not be empty.");
    }
    if (command.indexOf('\0') >= 0) {
      throw Body.invalid("command must not hold a null character.");
    }
    if (command.length() > LONGEST_COMMAND) {
      throw Body.invalid("command must not be longer than " + LONGEST_COMMAND + " characters.");
    }
    return command;
  }

  private static ProcessType type(String name) {
    var type = new ProcessType(name);
    if (type.equals(ProcessType.RELEASE)) {
      throw Body.invalid("type must not be release: that is the release phase.");
    }
    return type;
  }

  private static Duration timeToLive(int seconds) {
    if (seconds < 1 || seconds > OneOffRequest.LONGEST.toSeconds()) {
      throw Body.invalid(
          "time_to_live must be from 1 to " + OneOffRequest.LONGEST.toSeconds() + " seconds.");
    }
    return Duration.ofSeconds(seconds);
  }
}
