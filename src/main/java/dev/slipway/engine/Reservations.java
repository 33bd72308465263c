package dev.slipway.engine;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The memory that tasks have reserved, by node, in bytes. Thread-safe.
final class Reservations {
  /// Those of an engine that was not looked at yet.
  static final Reservations UNKNOWN = new Reservations();

  private final Map<String, Long> byNode = new ConcurrentHashMap<>();
  private final AtomicLong anywhere = new AtomicLong();

  void add(String node, long bytes) {
    byNode.merge(node, bytes, Long::sum);
  }

  /// Adds what was started since and may be on any node: it is taken to be on each.
  void addAnywhere(long bytes) {
    anywhere.addAndGet(bytes);
  }

  /// What is reserved on the node at the most.
  long on(String node) {
    return byNode.getOrDefault(node, 0L) + anywhere.get();
  }
}
