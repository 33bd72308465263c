package dev.slipway.postgres;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Standbys that are only remembered. Hosts are `here` and `elsewhere`, as with `FakeServers`.
final class FakeStandbys implements StandbyServers {
  /// What was done, in order.
  final List<String> done = new CopyOnWriteArrayList<>();

  /// The word of `done` that fails; empty for none.
  volatile String broken = "";

  /// Why the standby's host is away; empty where it is not.
  volatile String absence = "";

  /// Whether the fleet has forgotten the standby's host.
  volatile boolean forgotten;

  volatile boolean streams = true;
  volatile boolean lost;
  volatile boolean hasAll = true;
  private volatile boolean waits;
  private final AtomicInteger position = new AtomicInteger();

  /// Is told what is done, before it is.
  volatile Consumer<String> before = _ -> {};

  private void did(String what) {
    before.accept(what);
    if (broken.equals(what)) {
      throw new IllegalStateException(what + " is broken");
    }
    done.add(what);
  }

  @Override
  public Optional<String> choose(@Nullable String host, Database database, List<Database> all) {
    var nodes = Map.of("here", "node", "elsewhere", "other");
    return Optional.ofNullable(nodes.get(host == null ? "elsewhere" : host))
        .filter(node -> !node.equals(database.node()));
  }

  @Override
  public Optional<String> absence(Database database) {
    return absence.isEmpty() ? Optional.empty() : Optional.of(absence);
  }

  @Override
  public boolean isForgotten(Database database) {
    return forgotten;
  }

  @Override
  public void copy(Database database) {
    did("copy");
  }

  @Override
  public void start(Database database) {
    did("start");
  }

  @Override
  public Following following(Database database) {
    var at = "0/" + position.incrementAndGet();
    return new Following(streams, waits, streams && waits, at, 0, lost);
  }

  @Override
  public void synchronise(Database database) {
    did("synchronise");
    waits = true;
  }

  @Override
  public void release(Database database) {
    did("release");
    waits = false;
  }

  @Override
  public void hold(Database database) {
    did("hold");
  }

  @Override
  public void stopServer(Database database) {
    did("stop");
  }

  @Override
  public boolean hasAll(Database database) {
    return hasAll;
  }

  @Override
  public void promote(Database database) {
    did("promote");
    waits = false;
  }

  @Override
  public void forget(Database database) {
    did("forget");
    waits = false;
  }

  @Override
  public void remove(Database database) {
    did("remove");
  }
}
