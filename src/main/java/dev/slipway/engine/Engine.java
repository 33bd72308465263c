package dev.slipway.engine;

import dev.slipway.core.AppId;
import dev.slipway.core.ServiceName;
import dev.slipway.core.UserError;
import dev.slipway.image.ImageReference;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Runs dynos. Every call can be repeated: what is there already, or gone already, is no error.
/// Thread-safe.
public interface Engine {
  /// Starts a dyno, and keeps it running until it is stopped: after a crash, after a restart of the
  /// host. Returns once the engine has taken it on, long before the dyno is up.
  void start(DynoSpec dyno);

  /// Lets dynos be started on other hosts than the ones that were chosen for them, should these be
  /// lost: until then each was held to its own. What runs goes on.
  ///
  /// @param settled the dynos that need no hold any more
  /// @return whether any is held still
  boolean release(Predicate<ServiceName> settled);

  /// Starts a dyno that runs once: when its process ends, it is not started again.
  void startOnce(DynoSpec dyno);

  /// Stops a dyno for good: SIGTERM, the grace time, SIGKILL. Returns at once.
  void stop(ServiceName service);

  /// Ends the dyno's process and starts no other until it is resumed. The dyno stays the engine's,
  /// also when this process ends.
  void pause(ServiceName service);

  /// Starts a paused dyno; one that runs goes on.
  void resume(ServiceName service);

  /// Watches for the end of a dyno's process: from before it is stopped, so that none is missed.
  ExitWatch watchExit(DynoState dyno);

  /// Whether nothing of the dyno is left: no process, no address.
  boolean isGone(ServiceName service);

  /// The state of every dyno that the engine has.
  List<DynoState> dynos();

  /// The state of an app's dynos.
  List<DynoState> dynos(AppId app);

  /// Gives a dyno's lines to the sink, across its restarts, until the result is closed. The stream
  /// may also end before, but need not when the dyno is gone.
  ///
  /// @param since lines older than this are left out
  /// @throws DockerException not found, when there is no such dyno
  LogFollower follow(ServiceName service, Instant since, LogSink sink);

  /// The last lines of a dyno, oldest first.
  List<String> lastLines(ServiceName service, int count);

  /// Memory that no dyno has reserved, host by host.
  FreeMemory freeMemory();

  /// No more than is free, told at once where asking takes long: what was free lately, without all
  /// that was started since.
  default FreeMemory freeAtLeast() {
    return freeMemory();
  }

  /// The images of the image server that hosts hold, in use or not.
  Set<ImageReference> images();

  /// Removes an image from hosts where nothing uses it; one that is in use stays.
  void removeImage(ImageReference image);

  /// The hosts whose disk is fuller, of images or of anything, than it should be.
  List<Crowded> crowded();

  /// Why the disk of this process' own host is fuller than it should be, if it is.
  Optional<String> crowdedHere();

  /// A host that is short of disk.
  record Crowded(String host, String why) {}

  /// Has every host that may run a dyno of the pool hold the image, all of them at once; a host
  /// that has it does nothing.
  ///
  /// @param pool the hosts that it is for, or null for any
  /// @param limit how long a host may take
  /// @return the hosts that don't have it now; they pull it when a dyno of it starts
  List<Unpulled> pull(ImageReference image, @Nullable String pool, Duration limit);

  /// A host that did not pull an image.
  record Unpulled(String host, String why) {}

  /// Runs a shell command inside a dyno that runs, beside its own processes.
  ///
  /// @throws UserError where the dyno, the way to its host or its shell is not there
  InsideProcess runInside(DynoState dyno, InsideCommand command);

  /// The addresses on which the dyno's processes listen for TCP connections on a port, such as
  /// `127.0.0.1` or `0.0.0.0`; empty where that can't be seen.
  Optional<List<String>> listeners(DynoState dyno, int port);

  /// Takes lines of a dyno.
  @FunctionalInterface
  interface LogSink {
    /// One line and when the dyno wrote it.
    void line(Instant time, String text);
  }

  /// A stream of lines that can be ended.
  interface LogFollower extends AutoCloseable {
    /// Waits for the stream's end.
    ///
    /// @return whether it ended within that time
    boolean awaitEnd(Duration limit);

    @Override
    void close();
  }

  /// Waits for the end of a process.
  interface ExitWatch extends AutoCloseable {
    /// Waits until the process has ended.
    ///
    /// @return what it ended with; nothing when it goes on for longer, or the engine can't tell
    OptionalInt await(Duration limit) throws InterruptedException;

    @Override
    void close();
  }

  /// Memory that no dyno has reserved.
  ///
  /// @param hosts those that take new dynos, and the one for dynos that run once
  record FreeMemory(List<HostMemory> hosts) {
    /// Copies the list.
    public FreeMemory {
      hosts = List.copyOf(hosts);
    }

    /// Bytes free on all hosts together that take new dynos.
    public long total() {
      return hosts.stream()
          .filter(HostMemory::open)
          .mapToLong(host -> Math.max(0, host.bytes()))
          .sum();
    }

    /// Bytes free on the host that dynos which run once run on; 0 when it takes none.
    public long own() {
      return hosts.stream().filter(HostMemory::own).mapToLong(HostMemory::bytes).sum();
    }
  }

  /// What a host has left.
  ///
  /// @param open whether dynos that keep running come to it
  /// @param own whether dynos that run once do: it is the one that control runs on
  /// @param pool what it is for, or null
  /// @param bytes its memory without what is reserved; below 0 when more is than it has
  record HostMemory(boolean open, boolean own, @Nullable String pool, long bytes) {
    /// Whether a dyno that is tied to the pool may run on it; one that is tied to none, null, runs
    /// anywhere.
    public boolean takes(@Nullable String wanted) {
      return open && (wanted == null || wanted.equals(pool));
    }
  }
}
