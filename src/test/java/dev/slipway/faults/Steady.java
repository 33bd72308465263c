package dev.slipway.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.load.Load;
import dev.slipway.load.LoadPlan;
import dev.slipway.load.LoadReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;

/// A steady load on an app while something goes wrong; at its end no request may be lost. Each
/// fault is written to `target/faults.tsv`: fault, seconds, requests, lost.
final class Steady implements AutoCloseable {
  private static final Path FINDINGS = Path.of("target", "faults.tsv");

  private final String fault;
  private final long began = System.nanoTime();
  private final Load load;

  private Steady(String fault, LoadPlan plan) {
    this.fault = fault;
    this.load = Load.start(plan);
  }

  static Steady during(String fault, FaultApp app) {
    return new Steady(fault, plan(app));
  }

  /// The same, with two POSTs of two seconds in flight at any time, so that each drain has to wait.
  static Steady withSlowRequests(String fault, FaultApp app) {
    var slow = LoadPlan.Request.post("/slow?seconds=2", "{}");
    return new Steady(fault, plan(app).withSlow(slow, 1 / 3.0));
  }

  private static LoadPlan plan(FaultApp app) {
    return LoadPlan.on(URI.create("http://127.0.0.1:80"))
        .withHost(app.host())
        .withRate(40, 6)
        .withDuration(Duration.ofHours(2));
  }

  /// Ends the load, where something may be lost.
  LoadReport ended() {
    var report = end();
    write(report);
    return report;
  }

  /// Ends the load and says that nothing was lost.
  void assertNothingLost() {
    var report = ended();
    assertTrue(report.sent() > 0);
    assertEquals(0, report.lost(), () -> fault + ": " + report.reasons() + report.firstLosses());
  }

  @Override
  public void close() {
    load.close();
  }

  private LoadReport end() {
    try {
      return load.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void write(LoadReport report) {
    var seconds = (System.nanoTime() - began) / 1e9;
    note("%s\t%.1f\t%d\t%d".formatted(fault, seconds, report.sent(), report.lost()));
  }

  /// Adds a line to the findings.
  static void note(String line) {
    try {
      Files.writeString(
          FINDINGS,
          line.formatted().strip() + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Seconds since a reading of the clock.
  static String seconds(long since) {
    return String.format(Locale.ROOT, "%.1f", (System.nanoTime() - since) / 1e9);
  }
}
