package dev.slipway.takeover;

import dev.slipway.engine.ContainerState;
import dev.slipway.engine.Containers;
import dev.slipway.engine.DockerApi;
import dev.slipway.engine.Networks;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/// What only the host of the control that runs has: control in the system network, where everybody
/// finds it by its name, and with it the image server and the builder. On the other managers they
/// stand still, and control is in no network of Slipway's. Not thread-safe.
public final class Seat {
  private static final String SYSTEM = "slipway-system";
  private static final String CONTROL = "slipway-control";
  private static final List<String> ALONG = List.of("slipway-registry", "slipway-builder");
  private static final int STOP_SECONDS = 5;

  private static final Logger LOG = Logger.getLogger(Seat.class.getName());

  private final Containers containers;
  private final Networks networks;

  /// @param docker this host's engine
  public Seat(DockerApi docker) {
    this.containers = new Containers(docker);
    this.networks = new Networks(docker);
  }

  /// Leaves it; what can't be done is logged. The engine must not start the others by itself.
  public void leave() {
    quietly(() -> networks.disconnect(SYSTEM, CONTROL));
    for (var name : ALONG) {
      quietly(() -> {
        if (isThere(name)) {
          containers.startNoMore(name);
          containers.stop(name, STOP_SECONDS);
        }
      });
    }
  }

  /// Takes it. From now on this starts the others, and not the engine of a host that comes back.
  public void take() {
    networks.connect(SYSTEM, CONTROL);
    ALONG.forEach(name -> quietly(() -> containers.startNoMore(name)));
    keep();
  }

  /// Starts again what should run and does not.
  public void keep() {
    for (var name : ALONG) {
      quietly(() -> {
        if (!containers.find(name).map(ContainerState::running).orElse(true)) {
          LOG.info("starting " + name);
          containers.start(name);
        }
      });
    }
  }

  private boolean isThere(String name) {
    return containers.find(name).isPresent();
  }

  private static void quietly(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "a part of this host is not as it should be: {0}", e.getMessage());
    }
  }
}
