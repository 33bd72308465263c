package dev.slipway.postgres;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Servers whose data is brought there before they are made, where a database begins with another
/// one's.
///
/// @param seeds brings the data of a database, if it shall begin so and does not have it yet
record SeededServers(DatabaseServers servers, Consumer<Database> seeds) implements DatabaseServers {
  @Override
  public void ensure(Database database) {
    seeds.accept(database);
    servers.ensure(database);
  }

  @Override
  public Optional<String> choose(@Nullable String host, List<Database> all) {
    return servers.choose(host, all);
  }

  @Override
  public String hostName(String node) {
    return servers.hostName(node);
  }

  @Override
  public Optional<Away> absence(Database database) {
    return servers.absence(database);
  }

  @Override
  public boolean isPoolerAway(Database database) {
    return servers.isPoolerAway(database);
  }

  @Override
  public boolean runs(Database database) {
    return servers.runs(database);
  }

  @Override
  public boolean remove(Database database) {
    return servers.remove(database);
  }

  @Override
  public DiskRoom room(Database database) {
    return servers.room(database);
  }

  @Override
  public void reset(Database database) {
    servers.reset(database);
  }

  @Override
  public void erase(Database database) {
    servers.erase(database);
  }

  @Override
  public String query(Database database, String sql, String... arguments) {
    return servers.query(database, sql, arguments);
  }
}
