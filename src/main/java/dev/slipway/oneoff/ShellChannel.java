package dev.slipway.oneoff;

import java.io.IOException;
import java.util.List;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.ChannelSession;

/// A channel that takes a shell and its terminal, and nothing else: no other command, no subsystem,
/// no variables, no agent, no X11.
final class ShellChannel extends ChannelSession {
  ShellChannel() {
    super(List.of());
  }

  @Override
  protected RequestHandler.Result handleInternalRequest(
      String type, boolean wantReply, Buffer buffer) throws IOException {
    return switch (type) {
      case "pty-req", "window-change", "shell" ->
          super.handleInternalRequest(type, wantReply, buffer);
      default -> RequestHandler.Result.ReplyFailure;
    };
  }
}
