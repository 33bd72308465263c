package dev.slipway.redis;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Runs instances on the hosts that have their data. Each call can come again: what is there
/// already, or gone already, is no error. Thread-safe.
interface InstanceServers {
  /// The host for a new instance: the one that is called so, or where none is named the one with
  /// the least.
  ///
  /// @return its node's id, or nothing where no such host can take it now
  Optional<String> choose(@Nullable String host, List<Instance> all);

  /// The host's name as people see it.
  String hostName(String node);

  /// Whether its host can be reached and its container runs there.
  boolean runs(Instance instance);

  /// Makes the server, starts it, gives it its settings, and lets its passwords in and no others.
  /// Returns when it can be used.
  void ensure(Instance instance);

  /// Ends all connections of apps; who has a password that is let in may come again.
  void sendAway(Instance instance);

  /// Stops and removes the server; the data stays.
  void remove(Instance instance);

  /// Deletes the data and the backups of an instance that does not run.
  void erase(Instance instance);

  /// Runs a command in the server with all rights, and gives what it answers.
  String command(Instance instance, String command);

  /// Writes a backup, and keeps some.
  Backup backUp(Instance instance);

  /// Why its host can't be reached now, if it can't.
  Optional<String> absence(Instance instance);

  /// The backups, the newest first.
  List<Backup> backups(Instance instance);

  /// Has the server start again with the backup's data in place of its own.
  ///
  /// @return the backup of what was its own
  Backup restore(Instance instance, Backup backup);
}
