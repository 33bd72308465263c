package dev.slipway.postgres;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Runs standbys on their hosts, and has them take over. Each call can come again: what is done
/// already is no error. Thread-safe.
interface StandbyServers {
  /// How a standby follows, as its server sees it.
  ///
  /// @param streaming whether it has been heard of within the last seconds
  /// @param waits whether the server waits for it, were it there or not
  /// @param synchronous whether it waits for this one, which is there
  /// @param position up to where it has all on its disk; empty where it does not stream
  /// @param lagBytes how much the server has beyond that
  /// @param lost whether the server no longer has what it would need next
  record Following(
      boolean streaming,
      boolean waits,
      boolean synchronous,
      String position,
      long lagBytes,
      boolean lost) {}

  /// A host for a new standby: the one that is called so, or where none is named the one with the
  /// fewest databases. It is another one than the database's.
  ///
  /// @return its node's id, or nothing where no such host can take it now
  Optional<String> choose(@Nullable String host, Database database, List<Database> all);

  /// Why the standby's host can't be reached; nothing where it can.
  Optional<String> absence(Database database);

  /// Whether the fleet has forgotten the standby's host.
  boolean isForgotten(Database database);

  /// Makes the standby anew by a copy of all that the server has. It takes as long as that does.
  /// Whatever the host had of this database goes, a server that is one no more, too.
  void copy(Database database);

  /// Starts the standby where it does not run.
  void start(Database database);

  /// Asks the server how its standby follows.
  Following following(Database database);

  /// Has the server wait for the standby before it acknowledges anything. When this returns, all
  /// that was acknowledged is on both.
  void synchronise(Database database);

  /// Has the server wait for it no more.
  void release(Database database);

  /// Has clients of the pooler wait, when those that are in a transaction have had some seconds.
  void hold(Database database);

  /// Stops the server. Nothing but its database's row starts it again.
  void stopServer(Database database);

  /// Whether the standby has all that the stopped server has; it is given some seconds to.
  boolean hasAll(Database database);

  /// Makes the standby the server that the row says it is, has the pooler lead to it, and lets
  /// clients go on.
  void promote(Database database);

  /// Has a server that runs know of no standby any more.
  void forget(Database database);

  /// Takes the standby away with its data.
  void remove(Database database);
}
