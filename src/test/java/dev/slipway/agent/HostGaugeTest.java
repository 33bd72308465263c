package dev.slipway.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.slipway.engine.HostFigures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a host's files say of it, and how it is told.
class HostGaugeTest {
  @TempDir Path proc = Path.of("");

  @Test
  void processorsCountFromOneLookToTheNext() throws Exception {
    write("meminfo", "MemTotal:  4000 kB\nMemFree:  1000 kB\nMemAvailable:  3000 kB\n");
    write("loadavg", "0.75 0.50 0.25 2/300 4711\n");
    write("stat", "cpu  100 0 100 700 100 0 0 0 50 0\ncpu0 1 1 1 1\n");
    var gauge = new HostGauge(proc, proc);
    assertEquals(0.2, gauge.read().cpu(), 0.001);
    write("stat", "cpu  150 10 120 710 100 0 5 5 99 0\n");
    var figures = gauge.read();
    assertEquals(0.9, figures.cpu(), 0.001);
    assertEquals(1000L << 10, figures.memoryUsed());
    assertEquals(4000L << 10, figures.memoryTotal());
    assertEquals(0.75, figures.load());
    assertEquals(0, gauge.read().cpu());
  }

  @Test
  void figuresAreALineAndNothingElseIs() throws Exception {
    var figures = new HostFigures(0.125, 1, 2, 3, 4, 0.5);
    assertEquals(figures, FiguresLine.read(FiguresLine.of(figures)));
    assertThrows(IOException.class, () -> FiguresLine.read("1 2 3"));
    assertThrows(IOException.class, () -> FiguresLine.read("a b c d e f"));
  }

  private void write(String name, String content) throws IOException {
    Files.writeString(proc.resolve(name), content);
  }
}
