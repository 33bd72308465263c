package dev.slipway.postgres;

import java.util.ArrayList;
import java.util.List;

/// What a server is told when it starts, by the memory of its plan.
///
/// Source: PostgreSQL 17 documentation, chapter 19; the shares of memory are those of "Tuning Your
/// PostgreSQL Server" in its wiki.
final class ServerSettings {
  private ServerSettings() {}

  /// Arguments of the server.
  static List<String> of(PostgresPlan plan) {
    var megabytes = plan.megabytes();
    var settings = new ArrayList<String>();
    add(settings, "listen_addresses", "*");
    add(settings, "unix_socket_directories", "/srv/slipway/socket");
    add(settings, "ssl", "on");
    // By the name that frameworks ask for: under another they set it at each connection.
    add(settings, "timezone", "UTC");
    add(settings, "max_connections", Integer.toString(plan.connections()));
    add(settings, "shared_buffers", megabytes / 4 + "MB");
    add(settings, "effective_cache_size", megabytes * 3 / 4 + "MB");
    add(settings, "maintenance_work_mem", Math.min(megabytes / 16, 1024) + "MB");
    add(settings, "work_mem", Math.max(megabytes / plan.connections() / 4, 2) + "MB");
    add(settings, "max_wal_size", Math.min(plan.gigabytes() * 512, 8192) + "MB");
    add(settings, "checkpoint_completion_target", "0.9");
    add(settings, "random_page_cost", "1.1");
    add(settings, "effective_io_concurrency", "64");
    add(settings, "max_parallel_workers_per_gather", Integer.toString(plan.cpus() / 2));
    // Each change goes into the repository of backups, at the latest a minute after it was made.
    add(settings, "archive_mode", "on");
    add(settings, "archive_command", "pgbackrest archive-push %p");
    add(settings, "archive_timeout", "60");
    // Compiling pays for long reports and costs each short query.
    add(settings, "jit", "off");
    add(settings, "shared_preload_libraries", "pg_stat_statements");
    add(settings, "track_io_timing", "on");
    // A client whose host is gone is noticed, and lets its locks go.
    add(settings, "tcp_keepalives_idle", "60");
    add(settings, "tcp_keepalives_interval", "10");
    add(settings, "tcp_keepalives_count", "3");
    add(settings, "client_connection_check_interval", "10s");
    return List.copyOf(settings);
  }

  private static void add(List<String> settings, String name, String value) {
    settings.add("-c");
    settings.add(name + "=" + value);
  }
}
