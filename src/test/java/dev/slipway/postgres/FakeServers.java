package dev.slipway.postgres;

import dev.slipway.core.Secret;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Servers that are only remembered. There are two hosts: `here`, which is chosen, and `elsewhere`.
public final class FakeServers implements DatabaseServers {
  final Set<UUID> running = ConcurrentHashMap.newKeySet();
  final Set<UUID> data = ConcurrentHashMap.newKeySet();

  /// How many times yet a server does not come up.
  final AtomicInteger failures = new AtomicInteger();

  /// Why its host is away; empty where it is not.
  volatile String absence = "";

  /// Why its host goes away while it is asked something; empty where it does not.
  volatile String cut = "";

  /// Megabytes; below 100 there is little.
  volatile long free = 1000;

  final List<Database> ensured = Collections.synchronizedList(new ArrayList<>());

  /// Databases on such servers.
  public static Databases databases(Store store, Vault vault, Path dumps, Clock clock) {
    return new Databases(
        new DatabaseStore(store, vault),
        new FakeServers(),
        new FakeStandbys(),
        new BackupStore(store),
        new FakeBackups(),
        new Databases.DumpPlace(dumps, new Secret("key")),
        DatabaseNews.NONE,
        clock);
  }

  @Override
  public Optional<String> choose(@Nullable String host, List<Database> all) {
    var node = Map.of("here", "node", "elsewhere", "other").get(host == null ? "here" : host);
    return Optional.ofNullable(node);
  }

  @Override
  public String hostName(String node) {
    return "here";
  }

  @Override
  public Optional<Away> absence(Database database) {
    return absence.isEmpty() ? Optional.empty() : Optional.of(new Away(database, absence, null));
  }

  @Override
  public boolean isPoolerAway(Database database) {
    return !absence.isEmpty();
  }

  @Override
  public boolean runs(Database database) {
    return running.contains(database.id());
  }

  @Override
  public void ensure(Database database) {
    if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IllegalStateException("ensure is broken");
    }
    running.add(database.id());
    data.add(database.id());
    ensured.add(database);
  }

  @Override
  public boolean remove(Database database) {
    running.remove(database.id());
    return true;
  }

  @Override
  public DiskRoom room(Database database) {
    return new DiskRoom(database.id(), database.name(), "here", free, free < 100);
  }

  @Override
  public void reset(Database database) {}

  @Override
  public void erase(Database database) {
    data.remove(database.id());
  }

  @Override
  public String query(Database database, String sql, String... arguments) {
    if (!cut.isEmpty()) {
      absence = cut;
      throw new UncheckedIOException(new IOException("no more"));
    }
    if (sql.contains("pg_snapshot_xmax")) {
      return "=1";
    }
    return sql.startsWith("SHOW server_version") ? "17.12" : "17.12 (Debian)|8 MB|3|2|40|on";
  }
}
