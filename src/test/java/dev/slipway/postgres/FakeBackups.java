package dev.slipway.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// A repository that is only remembered. What it restores can be made to be wrong.
final class FakeBackups implements BackupServers {
  final Map<UUID, List<Stored>> repository = new ConcurrentHashMap<>();
  private final AtomicInteger taken = new AtomicInteger();
  final List<String> done = new CopyOnWriteArrayList<>();
  final Set<UUID> cleared = ConcurrentHashMap.newKeySet();
  final Map<UUID, CountDownLatch> held = new ConcurrentHashMap<>();
  volatile Instant inPlaceSince = Instant.EPOCH;
  volatile String broken = "";
  volatile String answer = "t";
  volatile long room = Long.MAX_VALUE;

  @Override
  public Stored capture(Database database) {
    requireWell("capture");
    hold(database);
    var all = repository.computeIfAbsent(database.id(), _ -> new ArrayList<>());
    var stored = new Stored("label" + taken.incrementAndGet(), 1000, 100);
    all.add(stored);
    return stored;
  }

  /// Until the test lets it go on.
  private void hold(Database database) {
    var latch = held.get(database.id());
    try {
      if (latch != null) {
        latch.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void requireWell(String what) {
    if (broken.equals(what)) {
      throw new IllegalStateException(what + " is broken");
    }
  }

  @Override
  public List<Stored> stored(Database database) {
    return List.copyOf(repository.getOrDefault(database.id(), List.of()));
  }

  @Override
  public Instant inPlaceSince() {
    return inPlaceSince;
  }

  @Override
  public boolean outliveHosts() {
    return false;
  }

  @Override
  public void delete(Database database, String label) {
    repository
        .getOrDefault(database.id(), new ArrayList<>())
        .removeIf(each -> each.label().equals(label));
  }

  @Override
  public void mark(Database database, String mark) {
    requireWell("mark");
  }

  @Override
  public long freeBytes(Database database) {
    return room;
  }

  @Override
  public Restored restore(Database source, Point point, String purpose, Database target) {
    requireWell("restore");
    hold(source);
    done.add(purpose + " on " + target.node() + " " + String.join(" ", point.arguments()));
    return new Restored() {
      @Override
      public String sql(String database, String sql) {
        return sql.contains("server_version") ? "17.12" : "";
      }

      @Override
      public String query(Database database, String query) {
        return answer;
      }

      @Override
      public void check(String database) {
        requireWell("check");
      }

      @Override
      public void dump(String database, OutputStream to) throws IOException {
        to.write(("dump of " + database + " " + point.arguments()).getBytes(UTF_8));
        requireWell("dump");
      }

      @Override
      public void become() {
        done.add(source.name() + " becomes " + target.name());
      }

      @Override
      public void close() {
        done.add("thrown away");
      }
    };
  }

  @Override
  public void dropReplaced(Database target) {
    done.add(target.name() + " keeps it");
  }

  @Override
  public void putBack(Database target) {
    done.add(target.name() + " goes back");
  }

  @Override
  public void clear(Database source) {
    cleared.add(source.id());
  }
}
