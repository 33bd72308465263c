package dev.slipway.oneoff;

import static java.util.Objects.requireNonNull;

import dev.slipway.oneoff.SshClient.Streams;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.Signal;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/// What MINA SSHD takes for a shell: it brings the client to its offer.
final class Shell implements Command {
  private final Offer offer;
  private @Nullable InputStream input;
  private @Nullable OutputStream output;
  private @Nullable ExitCallback exit;
  private @Nullable SshClient client;

  Shell(Offer offer) {
    this.offer = offer;
  }

  @Override
  public void setInputStream(InputStream stream) {
    input = stream;
  }

  @Override
  public void setOutputStream(OutputStream stream) {
    output = stream;
  }

  /// Both of a command's streams go to its output, as in a terminal.
  @Override
  public void setErrorStream(OutputStream stream) {}

  @Override
  public void setExitCallback(ExitCallback callback) {
    exit = callback;
  }

  /// A client that asked for a terminal has said its name and size; variables of its own it can't
  /// set.
  @Override
  public void start(ChannelSession channel, Environment environment) throws IOException {
    var variables = environment.getEnv();
    var terminal = variables.containsKey(Environment.ENV_TERM) ? Window.of(variables) : null;
    var streams = new Streams(requireNonNull(input), requireNonNull(output), requireNonNull(exit));
    var came = new SshClient(streams, terminal);
    client = came;
    environment.addSignalListener((_, _) -> came.resized(Window.of(variables)), Signal.WINCH);
    offer.came(came);
  }

  @Override
  public void destroy(ChannelSession channel) {
    if (client != null) {
      client.leave();
    }
  }
}
