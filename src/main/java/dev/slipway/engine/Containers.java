package dev.slipway.engine;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Plain containers on this host, such as the router and the builder. Thread-safe.
public final class Containers {
  private final DockerApi docker;

  /// Works on the engine behind the API.
  public Containers(DockerApi docker) {
    this.docker = docker;
  }

  /// What is known of the container of that name, if there is one.
  public Optional<ContainerState> find(String name) {
    try {
      var found = docker.get("/containers/" + name + "/json");
      return Optional.of(
          new ContainerState(
              found.path("Id").asString(),
              found.path("Image").asString(),
              found.path("State").path("Running").asBoolean()));
    } catch (DockerException e) {
      if (e.notFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// Runs a command inside a running container and waits for its end. Its environment is given by
  /// `input` or files where it is secret: other processes can read a command's environment.
  ///
  /// @param input what the command reads; it sees the end of its input when the stream ends
  /// @param lines receives each line of output, of both streams, as it comes
  /// @return the exit status
  public int execute(
      String container, List<String> command, InputStream input, Consumer<String> lines) {
    var created =
        docker.post(
            "/containers/" + container + "/exec",
            Map.of(
                "AttachStdin", true, "AttachStdout", true, "AttachStderr", true, "Cmd", command));
    var id = requireNonNull(created.path("Id").asString());
    try (var response =
        docker.hijack("/exec/" + id + "/start", Map.of("Detach", false, "Tty", false), input)) {
      LogFrames.lines(response.getBody(), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return docker.get("/exec/" + id + "/json").path("ExitCode").asInt();
  }

  /// Removes the container and its anonymous volumes, running or not; nothing happens where there
  /// is none.
  public void remove(String name) {
    try {
      docker.delete("/containers/" + name + "?force=true&v=true");
    } catch (DockerException e) {
      if (!e.notFound()) {
        throw e;
      }
    }
  }
}
