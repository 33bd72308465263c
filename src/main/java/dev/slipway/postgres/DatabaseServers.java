package dev.slipway.postgres;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Runs databases on the hosts that have their data. Each call can come again: what is there
/// already, or gone already, is no error. Thread-safe.
interface DatabaseServers {
  /// The host for a new database: the one that is called so, or where none is named the one with
  /// the fewest.
  ///
  /// @return its node's id, or nothing where no such host can take it now
  Optional<String> choose(@Nullable String host, List<Database> all);

  /// The host's name as people see it.
  String hostName(String node);

  /// What is to say of one whose host can't be reached now; nothing where it can.
  Optional<Away> absence(Database database);

  /// Whether the pooler's host can't be reached now.
  boolean isPoolerAway(Database database);

  /// Whether its host can be reached and all of its containers run there.
  boolean runs(Database database);

  /// Makes server and pooler, starts them, and lets its logins in and no others. Returns when the
  /// database can be used.
  ///
  /// @throws dev.slipway.core.UserError when that can't be, however often it is tried
  /// @throws RuntimeException when it could not be done this time
  void ensure(Database database);

  /// Stops and removes server and pooler; the data stays. Of a host that was removed from the fleet
  /// there is nothing left.
  ///
  /// @return whether nothing is left of them
  boolean remove(Database database);

  /// How much room its disk has. Where that is little, the server takes no changes, until there is
  /// more.
  DiskRoom room(Database database);

  /// Replaces the database by an empty one of the same name; who is connected is sent away.
  void reset(Database database);

  /// Deletes the data of a database that does not run.
  void erase(Database database);

  /// Runs SQL in the database with all rights, and gives what psql prints.
  ///
  /// @param arguments of psql
  String query(Database database, String sql, String... arguments);
}
