package dev.slipway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.install.Hosts.Figures;
import dev.slipway.install.Hosts.Host;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// What `slipway hosts` shows of hosts whose agents are heard, and of others.
class HostTextTest {
  private static final long GB = 1L << 30;

  @Test
  void whatIsUsedIsShownWhereTheAgentIsHeard() {
    var figures = new Figures(0.256, GB, 4 * GB, 10 * GB, 40 * GB, 1.5);
    var heard =
        new Host(
            "h",
            "10.0.0.1",
            "ready",
            "worker",
            null,
            null,
            null,
            null,
            3,
            2,
            4 * GB,
            "20.10",
            figures);
    assertEquals("h 10.0.0.1 ready worker - 3 2 26 % 1.0/4.0 GB 10.0/40.0 GB 20.10", words(heard));
    var silent =
        new Host(
            "h",
            "10.0.0.1",
            "down",
            "worker",
            null,
            "web",
            null,
            null,
            0,
            2,
            4 * GB,
            "20.10",
            null);
    assertEquals("h 10.0.0.1 down worker web 0 2 - 4.0 GB - 20.10", words(silent));
  }

  @Test
  void aHostsDynosStandBelowIt() {
    var lines =
        HostText.lines(
            JsonMapper.shared()
                .readTree(
                    """
                    {"name":"h","agent":"up","pool":null,"memory":4294967296,"dynos":1,
                     "figures":{"cpu":0.5,"load":1.25,"memory_used":1073741824,
                       "memory_total":4294967296,"disk_used":0,"disk_total":2147483648},
                     "running":[{"app":{"name":"orders"},"name":"web.1","cpu":1.5,
                       "memory":10485760}]}
                    """));
    assertTrue(lines.contains("memory   1.0 of 4.0 GB"), lines::toString);
    assertTrue(lines.contains("used     50 %"), lines::toString);
    assertEquals(
        "orders web.1 150 % of a CPU 10 MB", lines.getLast().strip().replaceAll(" +", " "));
  }

  private static String words(Host host) {
    return HostText.row(host).replaceAll(" +", " ");
  }
}
