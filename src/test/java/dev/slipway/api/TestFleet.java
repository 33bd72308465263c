package dev.slipway.api;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.observe.Fleet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Two hosts, of which the agent of the second is silent.
final class TestFleet implements Fleet {
  private static final long GB = 1L << 30;
  private final List<Use> uses = new CopyOnWriteArrayList<>();

  void use(AppId app, String dyno) {
    uses.add(new Use(app, DynoName.of(dyno), 0.25, GB / 4));
  }

  @Override
  public List<Host> hosts() {
    return List.of(
        new Host(
            "n1",
            "host-1",
            "10.0.0.11",
            "ready",
            true,
            null,
            "20.10.24",
            2,
            4 * GB,
            1,
            new Figures(0.5, GB, 4 * GB, 10 * GB, 40 * GB, 1.25)),
        new Host(
            "n2", "host-2", "10.0.0.12", "down", false, "web", "20.10.24", 2, 4 * GB, 0, null));
  }

  @Override
  public List<Use> dynos(Host host) {
    return host.id().equals("n1") ? List.copyOf(uses) : List.of();
  }
}
