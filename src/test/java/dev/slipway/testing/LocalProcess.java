package dev.slipway.testing;

import dev.slipway.core.Secret;
import dev.slipway.engine.InsideCommand;
import dev.slipway.engine.InsideProcess;
import dev.slipway.engine.TerminalSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// A command run by this machine's own shell, with nothing of this process's environment but the
/// path. Where it ought to have a terminal it has pipes, and tells which sizes its window gets.
///
/// @param lost whether its host is out of reach, so that nobody knows how it ended
record LocalProcess(Process process, Consumer<TerminalSize> sizes, BooleanSupplier lost)
    implements InsideProcess {
  static LocalProcess start(
      SortedMap<String, Secret> environment,
      InsideCommand command,
      Consumer<TerminalSize> sizes,
      BooleanSupplier lost) {
    var size = command.terminal();
    if (size != null) {
      sizes.accept(size);
    }
    var builder = new ProcessBuilder("/bin/sh", "-c", command.command()).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> !name.equals("PATH"));
    environment.forEach((name, value) -> builder.environment().put(name, value.reveal()));
    command.environment().forEach((name, value) -> builder.environment().put(name, value.reveal()));
    try {
      return new LocalProcess(builder.start(), sizes, lost);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public OutputStream input() {
    return process.getOutputStream();
  }

  @Override
  public InputStream output() {
    return process.getInputStream();
  }

  @Override
  public void resize(TerminalSize size) {
    sizes.accept(size);
  }

  @Override
  public OptionalInt awaitExit() throws InterruptedException {
    var status = process.waitFor();
    return lost.getAsBoolean() ? OptionalInt.empty() : OptionalInt.of(status);
  }

  @Override
  public void hangUp() {
    // It stands still first: whoever is asked for its children misses one that starts just then.
    try {
      new ProcessBuilder("/bin/sh", "-c", "kill -STOP " + process.pid()).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    var started = process.descendants().toList();
    process.toHandle().destroyForcibly(); // unlike the process's own, this closes no stream
    started.forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() {}
}
