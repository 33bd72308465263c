package dev.slipway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.slipway.install.ChangeReceipt;
import dev.slipway.install.ChangeReceipt.Percentiles;
import dev.slipway.install.ChangeReceipt.Workers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChangeTableTest {
  @Test
  void figuresStandInColumns() {
    var push =
        new ChangeReceipt(
            "second push",
            0.674,
            Map.of("queued", 0.01, "start", 0.006, "ready", 0.648, "switch", 0.014, "stop", 0.01),
            1307,
            0,
            new Percentiles(1, 2, 4),
            new Percentiles(1, 5, 15),
            Map.of("worker", new Workers(2, 1)));
    var scale =
        new ChangeReceipt(
            "scale to 3", 1.178, Map.of("ready", 1.138), 256, 1, null, null, Map.of());
    assertEquals(
        """
                                 second push   scale to 3
        live after                    0.67 s       1.18 s
          phase                       0.00 s       0.00 s
          start                       0.01 s       0.00 s
          ready                       0.65 s       1.14 s
          switch                      0.01 s       0.00 s
          drain                       0.00 s       0.00 s
          stop                        0.01 s       0.00 s
        requests                        1307          256
        lost                               0            1
        p50/p95/p99 before          1/2/4 ms            -
        p50/p95/p99 after          1/5/15 ms            -
        worker               2 run, 1 killed            -\
        """,
        String.join("\n", ChangeTable.lines(List.of(push, scale))));
  }
}
