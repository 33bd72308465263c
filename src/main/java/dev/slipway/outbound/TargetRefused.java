package dev.slipway.outbound;

import java.net.UnknownHostException;

/// Thrown in place of a connection that this installation does not make for its users.
public final class TargetRefused extends UnknownHostException {
  private final String why;

  TargetRefused(String why) {
    super(why);
    this.why = why;
  }

  String why() {
    return why;
  }
}
