package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the administrator is told of hosts.
class HostEndpointsTest {
  private @TempDir Path home;
  private TestApi api;

  @BeforeEach
  void start() {
    api = new TestApi(home);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void hostsAreListedWithWhatTheirAgentsTold() {
    var hosts = api.get("/hosts").json();
    assertEquals(2, hosts.size());
    assertEquals("up", hosts.path(0).path("agent").asString());
    assertEquals(0.5, hosts.path(0).path("figures").path("cpu").asDouble());
    assertEquals(10L << 30, hosts.path(0).path("figures").path("disk_used").asLong());
    assertEquals("silent", hosts.path(1).path("agent").asString());
    assertTrue(hosts.path(1).path("figures").isNull());
    assertFalse(hosts.path(0).has("running"));
  }

  @Test
  void oneHostIsShownWithItsDynos() {
    api.send("POST", "/apps", "{\"name\":\"orders\"}");
    api.fleet.use(api.apps.get("orders").id(), "web.1");
    for (var name : new String[] {"n1", "host-1"}) {
      var running = api.get("/hosts/" + name).json().path("running");
      assertEquals(1, running.size());
      assertEquals("orders", running.path(0).path("app").path("name").asString());
      assertEquals("web.1", running.path(0).path("name").asString());
      assertEquals(256L << 20, running.path(0).path("memory").asLong());
    }
    assertEquals(0, api.get("/hosts/host-2").json().path("running").size());
    assertEquals(404, api.get("/hosts/host-3").status());
  }
}
