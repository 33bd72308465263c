package dev.slipway.testing;

import dev.slipway.core.ServiceName;
import dev.slipway.router.DynoRoute;
import dev.slipway.router.RouteTable;
import dev.slipway.router.RouterId;
import dev.slipway.router.RouterReport;
import dev.slipway.router.Routers;
import dev.slipway.router.TableVersion;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/// A router without Nginx: takes each table, acknowledges it, and reaches every candidate that it
/// is not told to miss.
public final class FakeRouter implements AutoCloseable {
  private final Routers routers;
  private final RouterId id = new RouterId("fake");
  private final List<RouteTable> tables = new CopyOnWriteArrayList<>();
  private final Thread thread;
  private volatile Predicate<DynoRoute> unreachable = dyno -> false;
  private long sequence;

  /// Starts at once.
  public FakeRouter(Routers routers) {
    this.routers = routers;
    this.thread = Thread.ofVirtual().name("fake-router").start(this::pollForEver);
  }

  /// Candidates that it can't reach from now on.
  public void miss(Predicate<DynoRoute> which) {
    unreachable = which;
  }

  /// Every table it was given, oldest first.
  public List<RouteTable> tables() {
    return List.copyOf(tables);
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void pollForEver() {
    var held = TableVersion.NONE;
    try {
      while (true) {
        var table = routers.poll(id, held, Duration.ofMillis(50));
        if (table.isPresent()) {
          tables.add(table.get());
          held = table.get().version();
        }
        routers.report(
            id, new RouterReport("boot", ++sequence, 2, held, Map.of(), probes(), List.of(), 0));
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private Map<ServiceName, String> probes() {
    var probes = new HashMap<ServiceName, String>();
    if (!tables.isEmpty()) {
      tables
          .getLast()
          .apps()
          .forEach(app ->
              app.candidates()
                  .forEach(dyno ->
                      probes.put(
                          dyno.service(), unreachable.test(dyno) ? "connection refused" : "ok")));
    }
    return probes;
  }
}
