package dev.slipway.engine;

import static java.util.Objects.requireNonNull;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// A process inside a container by Docker's exec.
///
/// Docker gives a terminal its size only after the process has started, and can't end a process
/// that it has started. So a shell comes first: it says its own number, waits for a line, and then
/// becomes the command. In between the terminal gets its size.
final class DockerExec implements InsideProcess {
  private static final String SHELL = "echo $$; read -r go && exec /bin/sh -c \"$1\"";

  /// An exec's process leads a group of its own, which takes in what it starts.
  private static final String HANG_UP =
      "kill -s HUP -- -$1; sleep 3; kill -s KILL -- -$1 2>/dev/null";

  private static final int LONGEST_FIRST_LINE = 1024;

  private final DockerApi docker;
  private final String container;
  private final String id;
  private final boolean terminal;
  private final Hijack stream;
  private final InputStream output;
  private final OutputStream input;
  private final String process;

  /// @param docker the engine of the dyno's host
  static InsideProcess start(DockerApi docker, DynoState dyno, InsideCommand command) {
    var container = dyno.container();
    if (container == null) {
      throw notThere(dyno, "it is not up");
    }
    try {
      return new DockerExec(docker, container, command);
    } catch (DockerException e) {
      throw notThere(dyno, "it is not up");
    } catch (IOException e) {
      throw notThere(dyno, String.valueOf(e.getMessage()));
    } catch (RuntimeException hostIsAway) {
      throw notThere(dyno, "its host is out of reach now");
    }
  }

  static UserError notThere(DynoState dyno, String why) {
    return new UserError(
        new Problem(
            ErrorCode.FAILED,
            "Nothing can be run in " + dyno.dyno(),
            why,
            "heroku ps shows what the app's dynos do"));
  }

  private DockerExec(DockerApi docker, String container, InsideCommand command) throws IOException {
    var size = command.terminal();
    this.docker = docker;
    this.container = container;
    this.terminal = size != null;
    this.id = create(docker, container, command);
    this.stream = docker.hijack("/exec/" + id + "/start", Map.of("Detach", false, "Tty", terminal));
    try {
      this.output = terminal ? stream.answer() : new FramedInput(stream.answer());
      this.process = number(firstLine());
      if (size != null) {
        resize(size);
      }
      begin();
      this.input = new EndedByClosing(stream);
    } catch (IOException | RuntimeException e) {
      stream.close();
      throw e;
    }
  }

  private static String create(DockerApi docker, String container, InsideCommand command) {
    var body =
        Map.of(
            "AttachStdin",
            true,
            "AttachStdout",
            true,
            "AttachStderr",
            true,
            "Tty",
            command.terminal() != null,
            "Env",
            command.environment().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue().reveal())
                .toList(),
            "Cmd",
            List.of("/bin/sh", "-c", SHELL, "sh", command.command()));
    var created = docker.post("/containers/" + container + "/exec", body);
    return requireNonNull(created.path("Id").asString());
  }

  /// A line that is no number is the engine's reason why there is no shell.
  private static String number(String line) throws IOException {
    if (!line.matches("[0-9]+")) {
      throw new IOException(line.isEmpty() ? "its shell ended at once" : line);
    }
    return line;
  }

  /// A terminal shows the line that the shell reads, which belongs to nobody's output.
  private void begin() throws IOException {
    stream.input().write('\n');
    if (terminal) {
      firstLine();
    }
  }

  private String firstLine() throws IOException {
    var line = new ByteArrayOutputStream();
    for (var next = output.read(); next >= 0 && next != '\n'; next = output.read()) {
      if (line.size() < LONGEST_FIRST_LINE) {
        line.write(next);
      }
    }
    return line.toString(StandardCharsets.UTF_8).strip();
  }

  @Override
  public OutputStream input() {
    return input;
  }

  @Override
  public InputStream output() {
    return output;
  }

  @Override
  public void resize(TerminalSize size) {
    if (terminal) {
      try {
        docker.post("/exec/" + id + "/resize?w=" + size.columns() + "&h=" + size.rows(), null);
      } catch (RuntimeException ended) {
        // A terminal that is gone, or out of reach, needs no size.
      }
    }
  }

  @Override
  public OptionalInt awaitExit() throws InterruptedException {
    try {
      return ExecStatus.await(docker, id);
    } catch (RuntimeException gone) {
      // With its container, the engine has forgotten it; or its host is out of reach.
      return OptionalInt.empty();
    }
  }

  @Override
  public void hangUp() {
    var body = Map.of("Cmd", List.of("/bin/sh", "-c", HANG_UP, "sh", process));
    try {
      var killer = docker.post("/containers/" + container + "/exec", body).path("Id").asString();
      docker.post("/exec/" + killer + "/start", Map.of("Detach", true));
    } catch (RuntimeException gone) {
      // Nothing is left to be ended, or nothing can be.
    }
  }

  @Override
  public void close() {
    try {
      stream.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class EndedByClosing extends FilterOutputStream {
    private final Hijack stream;

    EndedByClosing(Hijack stream) {
      super(stream.input());
      this.stream = stream;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      stream.endInput();
    }
  }
}
