package dev.slipway.engine;

import static java.util.Objects.requireNonNull;

import dev.slipway.engine.ContainerSpec.Attachment;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
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
              found.path("State").path("Running").asBoolean(),
              found.path("State").path("ExitCode").asInt(0)));
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
    try (var stream =
        docker.hijack("/exec/" + id + "/start", Map.of("Detach", false, "Tty", false))) {
      stream.sendAll(input);
      LogFrames.lines(stream.answer(), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return status(id);
  }

  /// The same for a command that reads nothing and writes bytes.
  ///
  /// @param output receives what it writes to its standard output
  /// @param errors receives each line of its standard error
  public int execute(
      String container, List<String> command, OutputStream output, Consumer<String> errors)
      throws IOException {
    var created =
        docker.post(
            "/containers/" + container + "/exec",
            Map.of("AttachStdout", true, "AttachStderr", true, "Cmd", command));
    var id = requireNonNull(created.path("Id").asString());
    try (var stream =
        docker.hijack("/exec/" + id + "/start", Map.of("Detach", false, "Tty", false))) {
      LogFrames.bytes(stream.answer(), output, errors);
    }
    return status(id);
  }

  private int status(String exec) {
    try {
      return ExecStatus.await(docker, exec)
          .orElseThrow(() -> new DockerException(500, "exec", "it did not tell how it ended"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DockerException(500, "exec", "nobody waits for its end");
    }
  }

  /// The container's labels; empty where there is no such container.
  public Map<String, String> labels(String name) {
    var labels = new HashMap<String, String>();
    try {
      docker
          .get("/containers/" + name + "/json")
          .path("Config")
          .path("Labels")
          .properties()
          .forEach(label -> labels.put(label.getKey(), label.getValue().asString()));
    } catch (DockerException e) {
      if (!e.notFound()) {
        throw e;
      }
    }
    return labels;
  }

  /// Names of the containers that carry the label, running or not.
  public List<String> labelled(String label) {
    return named("all=true&", label);
  }

  /// Names of the containers that carry the label and run.
  public List<String> running(String label) {
    return named("", label);
  }

  private List<String> named(String which, String label) {
    var names = new ArrayList<String>();
    docker
        .get("/containers/json?" + which + DockerApi.filters(Map.of("label", List.of(label))))
        .forEach(found -> names.add(found.path("Names").path(0).asString().substring(1)));
    return names;
  }

  /// Makes the container in all its networks, without starting it. The engine takes one network at
  /// a time: until it is in all of them the container has another name, so that one of this name is
  /// complete, whenever who makes it dies.
  public void create(ContainerSpec spec) {
    if (spec.attachments().size() < 2) {
      create(spec, spec.name());
      return;
    }
    var unfinished = spec.name() + "-unfinished";
    remove(unfinished);
    create(spec, unfinished);
    spec.attachments().stream().skip(1).forEach(attachment -> connect(unfinished, attachment));
    rename(unfinished, spec.name());
  }

  private void create(ContainerSpec spec, String name) {
    docker.post("/containers/create?name=" + DockerApi.encode(name), ContainerRequest.body(spec));
  }

  private void connect(String container, Attachment attachment) {
    docker.post(
        "/networks/" + attachment.network() + "/connect",
        Map.of("Container", container, "EndpointConfig", ContainerRequest.endpoint(attachment)));
  }

  /// Starts the container; nothing happens where it runs already.
  public void start(String name) {
    docker.post("/containers/" + name + "/start", null);
  }

  /// Asks the container to end and ends it after the seconds; it stays stopped until started.
  public void stop(String name, int seconds) {
    docker.post("/containers/" + name + "/stop?t=" + seconds, null);
  }

  /// Sends the container's first process a signal, such as `QUIT`.
  public void signal(String name, String signal) {
    docker.post("/containers/" + name + "/kill?signal=" + signal, null);
  }

  /// Lets the container stay stopped when its first process ends.
  public void startNoMore(String name) {
    docker.post("/containers/" + name + "/update", Map.of("RestartPolicy", Map.of("Name", "no")));
  }

  /// Lets the container be started again whenever its first process ends, and starts it.
  public void startAlways(String name) {
    docker.post(
        "/containers/" + name + "/update", Map.of("RestartPolicy", Map.of("Name", "always")));
    start(name);
  }

  /// Gives the container another name.
  public void rename(String name, String other) {
    docker.post("/containers/" + name + "/rename?name=" + DockerApi.encode(other), null);
  }

  /// The last lines that the container wrote.
  public List<String> lastLines(String name, int count) {
    return logged(name, "stdout=true&stderr=true&tail=" + count);
  }

  /// All that the container wrote to its standard output.
  public List<String> output(String name) {
    return logged(name, "stdout=true");
  }

  private List<String> logged(String name, String which) {
    var lines = new ArrayList<String>();
    var path = "/containers/" + name + "/logs?" + which;
    try (var response = docker.open("GET", path, null, Map.of())) {
      LogFrames.lines(response.getBody(), lines::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  /// Removes the volumes that carry the label.
  public void removeVolumes(String label) {
    docker
        .get("/volumes?" + DockerApi.filters(Map.of("label", List.of(label))))
        .path("Volumes")
        .forEach(volume -> docker.delete("/volumes/" + volume.path("Name").asString()));
  }

  /// Makes a volume; nothing happens where there is one of that name.
  public void createVolume(String name, Map<String, String> labels) {
    docker.post("/volumes/create", Map.of("Name", name, "Labels", labels));
  }

  /// Where the files of a volume lie on the engine's host; empty where there is none of that name.
  public Optional<Path> volume(String name) {
    try {
      return Optional.of(
          Path.of(requireNonNull(docker.get("/volumes/" + name).path("Mountpoint").asString())));
    } catch (DockerException e) {
      if (e.notFound()) {
        return Optional.empty();
      }
      throw e;
    }
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
