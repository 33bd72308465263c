package dev.slipway.cli;

import dev.slipway.install.ChangeReceipt;
import dev.slipway.install.ChangeReceipt.Percentiles;
import dev.slipway.install.ChangeReceipt.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Shows changes side by side: a row for each figure, a column for each change.
final class ChangeTable {
  private static final List<String> STEPS =
      List.of("phase", "start", "ready", "switch", "drain", "stop");

  private final List<ChangeReceipt> changes;
  private final List<List<String>> rows = new ArrayList<>();

  private ChangeTable(List<ChangeReceipt> changes) {
    this.changes = changes;
  }

  /// The table's lines.
  static List<String> lines(List<ChangeReceipt> changes) {
    return new ChangeTable(changes).lines();
  }

  private List<String> lines() {
    row("", ChangeReceipt::change);
    row("live after", change -> seconds(change.secondsToLive()));
    for (var step : STEPS) {
      row("  " + step, change -> seconds(change.seconds().getOrDefault(step, 0.0)));
    }
    row("requests", change -> Long.toString(change.requests()));
    row("lost", change -> Long.toString(change.lost()));
    row("p50/p95/p99 before", change -> latency(change.before()));
    row("p50/p95/p99 after", change -> latency(change.after()));
    changes.stream()
        .flatMap(change -> change.workers().keySet().stream())
        .distinct()
        .sorted()
        .forEach(type -> row(type, change -> workers(change.workers().get(type))));
    return rows.stream().map(this::line).toList();
  }

  private static String workers(@Nullable Workers workers) {
    return workers == null ? "-" : workers.running() + " run, " + workers.killed() + " killed";
  }

  private void row(String name, Function<ChangeReceipt, String> figure) {
    var cells = new ArrayList<>(List.of(name));
    changes.forEach(change -> cells.add(figure.apply(change)));
    rows.add(cells);
  }

  private String line(List<String> cells) {
    return IntStream.range(0, cells.size())
        .mapToObj(column -> padded(cells.get(column), column))
        .collect(Collectors.joining("   "))
        .stripTrailing();
  }

  /// Names stand to the left, figures to the right.
  private String padded(String cell, int column) {
    var width = rows.stream().mapToInt(cells -> cells.get(column).length()).max().orElse(0);
    var space = " ".repeat(width - cell.length());
    return column == 0 ? cell + space : space + cell;
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.2f s", seconds);
  }

  private static String latency(@Nullable Percentiles latency) {
    return latency == null
        ? "-"
        : String.format(
            Locale.ROOT, "%.0f/%.0f/%.0f ms", latency.p50(), latency.p95(), latency.p99());
  }
}
