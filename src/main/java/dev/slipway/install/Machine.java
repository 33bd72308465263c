package dev.slipway.install;

import dev.slipway.engine.DockerApi;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A host on which commands run as root: this machine, or another one by SSH.
///
/// @param name as people call it
/// @param docker its engine
/// @param connection how it is reached, or null for this machine
record Machine(String name, DockerApi docker, @Nullable HostConnection connection)
    implements AutoCloseable {
  static Machine own(Installation installation) {
    return new Machine(Up.hostName(), installation.docker(), null);
  }

  static Machine behind(String name, HostConnection connection) {
    return new Machine(name, connection.docker(), connection);
  }

  boolean isOwn() {
    return connection == null;
  }

  /// Runs a shell's script there. It goes on to its end where this process is broken off: it may
  /// have stopped something that it has yet to start.
  Commands.Ended run(String script, Consumer<String> line) {
    return connection == null
        ? Commands.run(
            List.of("setsid", "--wait", "sh", "-s"), script.getBytes(StandardCharsets.UTF_8), line)
        : connection.run(script, line);
  }

  @Override
  public void close() {
    if (connection != null) {
      connection.close();
    }
  }
}
