package dev.slipway.agent;

import dev.slipway.engine.HostFigures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads how busy and full this host is. A container sees the host's own `/proc/stat`,
/// `/proc/meminfo` and `/proc/loadavg`, and its root lies on the file system of the engine. Not
/// thread-safe.
///
/// Source: proc_stat(5), proc_meminfo(5), proc_loadavg(5).
final class HostGauge {
  /// user, nice, system, idle, iowait, irq, softirq, steal; what guests used is in `user` already.
  private static final int PARTS = 8;

  private static final int IDLE = 3;
  private static final int IO_WAIT = 4;

  private final Path proc;
  private final Path disk;
  private long busyBefore;
  private long allBefore;

  HostGauge(Path proc, Path disk) {
    this.proc = proc;
    this.disk = disk;
  }

  /// The figures now; the processors' since the call before.
  HostFigures read() throws IOException {
    var memory = memory(Files.readAllLines(proc.resolve("meminfo")));
    var total = memory.getOrDefault("MemTotal", 0L);
    var store = Files.getFileStore(disk);
    return new HostFigures(
        cpu(Files.readAllLines(proc.resolve("stat")).getFirst()),
        total - memory.getOrDefault("MemAvailable", total),
        total,
        store.getTotalSpace() - store.getUnallocatedSpace(),
        store.getTotalSpace(),
        Double.parseDouble(Files.readString(proc.resolve("loadavg")).split(" ", 2)[0]));
  }

  private double cpu(String line) {
    var parts =
        Arrays.stream(line.split(" +", -1))
            .skip(1)
            .limit(PARTS)
            .mapToLong(Long::parseLong)
            .toArray();
    var all = Arrays.stream(parts).sum();
    var busy = all - parts[IDLE] - parts[IO_WAIT];
    var passed = all - allBefore;
    var used = passed > 0 ? (double) (busy - busyBefore) / passed : 0;
    allBefore = all;
    busyBefore = busy;
    return Math.clamp(used, 0, 1);
  }

  /// In bytes.
  private static Map<String, Long> memory(List<String> lines) {
    var sizes = new HashMap<String, Long>();
    for (var line : lines) {
      var words = line.split("[: ]+", -1);
      if (words.length == 3 && words[2].equals("kB")) {
        sizes.put(words[0], Long.parseLong(words[1]) << 10);
      }
    }
    return sizes;
  }
}
