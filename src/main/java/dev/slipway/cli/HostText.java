package dev.slipway.cli;

import dev.slipway.install.Hosts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// Hosts as people read them.
final class HostText {
  private static final String ROW = "%-20s %-16s %-9s %-8s %-8s %6s %5s %5s %13s %15s  %s";

  static final String HEAD =
      ROW.formatted(
          "name", "address", "state", "role", "pool", "dynos", "CPUs", "used", "memory", "disk",
          "Docker");

  private HostText() {}

  static String row(Hosts.Host host) {
    var figures = host.figures();
    return ROW.formatted(
        host.name(),
        host.address(),
        host.state(),
        host.role(),
        host.pool() == null ? "-" : host.pool(),
        host.dynos(),
        host.cpus(),
        figures == null ? "-" : percent(figures.cpu()),
        figures == null
            ? gigabytes(host.memoryBytes()) + " GB"
            : gigabytes(figures.memoryUsed()) + "/" + gigabytes(figures.memoryTotal()) + " GB",
        figures == null
            ? "-"
            : gigabytes(figures.diskUsed()) + "/" + gigabytes(figures.diskTotal()) + " GB",
        host.engine());
  }

  private static String percent(double part) {
    return Math.round(part * 100) + " %";
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f", (double) bytes / (1L << 30));
  }

  /// All that the API tells of a host.
  static List<String> lines(JsonNode host) {
    var lines = new ArrayList<String>();
    for (var field : List.of("name", "id", "address", "state", "role", "pool", "agent", "cpus")) {
      lines.add(line(field, host.path(field).asString("-")));
    }
    lines.add(line("docker", host.path("engine").asString("-")));
    var figures = host.path("figures");
    if (figures.isObject()) {
      lines.add(line("used", percent(figures.path("cpu").asDouble())));
      lines.add(line("load", figures.path("load").asString("-")));
      lines.add(line("memory", part(figures, "memory")));
      lines.add(line("disk", part(figures, "disk")));
    } else {
      lines.add(line("memory", gigabytes(host.path("memory").asLong()) + " GB"));
    }
    lines.add(line("dynos", host.path("dynos").asString("-")));
    for (var dyno : host.path("running")) {
      lines.add(dyno(dyno));
    }
    return lines;
  }

  private static String line(String name, String value) {
    return "%-8s %s".formatted(name, value);
  }

  private static String part(JsonNode figures, String what) {
    return gigabytes(figures.path(what + "_used").asLong())
        + " of "
        + gigabytes(figures.path(what + "_total").asLong())
        + " GB";
  }

  private static String dyno(JsonNode dyno) {
    return "  %-30s %-14s %5s of a CPU %7d MB"
        .formatted(
            dyno.path("app").path("name").asString(""),
            dyno.path("name").asString(""),
            percent(dyno.path("cpu").asDouble()),
            dyno.path("memory").asLong() >> 20);
  }
}
