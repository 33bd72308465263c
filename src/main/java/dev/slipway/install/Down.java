package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.DockerException;
import dev.slipway.engine.SwarmNodes.Node;
import dev.slipway.engine.SwarmSetup.Membership;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Takes this machine down: stops what Slipway runs, or removes all that it made.
final class Down {
  /// On every service of an app.
  static final String APP_LABEL = "slipway.app";

  /// On a service whose dynos `down` stopped.
  static final String ASLEEP = "slipway.asleep";

  private static final String OWN_REGISTRY = "127.0.0.1:5000/";
  private static final int STOP_SECONDS = 10;

  /// On each container of a database; what runs them is beyond this package.
  static final List<String> DATABASE_LABELS = List.of("slipway.postgres", "slipway.redis");

  /// A database writes all that it has in memory before it ends.
  private static final int DATABASE_STOP_SECONDS = 60;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Installation installation;

  Down(Installation installation) {
    this.installation = installation;
  }

  /// Control first, so that it takes no stopped dyno for a crashed one.
  List<Step> stop() {
    if (!installation.docker().answers()) {
      return List.of(new Step("Docker Engine", _ -> "not running, so nothing runs"));
    }
    return List.of(
        new Step("Agent", _ -> stop("agent")),
        new Step("Control", _ -> stop("control")),
        new Step("Apps", _ -> putAppsToSleep()),
        new Step("Databases", _ -> stopDatabases()),
        new Step("Router", _ -> stop("router")),
        new Step("Gate", _ -> stop("gate")),
        new Step("Builder", _ -> stop("builder")),
        new Step("Registry", _ -> stop("registry")),
        new Step("Wall", _ -> stop("wall")));
  }

  /// Hosts that joined would keep their routers, and a Swarm without a manager.
  private void requireNoOtherHosts() {
    var isManager = installation.swarm().info().membership() == Membership.MANAGER;
    if (isManager && nodes().stream().anyMatch(node -> node.labels().containsKey(Hosts.SSH))) {
      throw new UserError(
          new Problem(
              ErrorCode.CONFLICT,
              "Other hosts are in the fleet",
              null,
              "./slipway hosts lists them; ./slipway hosts remove HOST, for each, and then this"
                  + " again"));
    }
  }

  private List<Node> nodes() {
    try {
      return installation.nodes().list();
    } catch (DockerException e) {
      if (!e.temporary()) {
        throw e;
      }
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              "The managers do not agree who is in the fleet",
              "most of them must be up, and reach each other at 2377/tcp",
              "Where the others are gone for good: `docker swarm leave --force` here, and then this"
                  + " again"),
          e);
    }
  }

  List<Step> purge() {
    var steps = new ArrayList<Step>();
    if (installation.docker().answers()) {
      requireNoOtherHosts();
      steps.add(new Step("Containers", _ -> removeContainers()));
      steps.add(new Step("Apps", _ -> removeApps()));
      steps.add(new Step("Networks", _ -> removeNetworks()));
      steps.add(new Step("Volumes", _ -> removeVolumes()));
      steps.add(new Step("Ports", _ -> openPorts()));
      steps.add(new Step("Images", _ -> removeImages()));
      steps.add(new Step("Swarm", _ -> leaveSwarm()));
      steps.add(new Step("Docker Engine", _ -> stopEngine()));
    }
    steps.add(new Step("Files", _ -> removeFiles()));
    return steps;
  }

  private String stop(String part) {
    var name = SystemParts.container(part);
    var state = installation.containers().find(name);
    if (state.isEmpty() || !state.get().running()) {
      return "was not running";
    }
    installation.containers().stop(name, STOP_SECONDS);
    return "stopped";
  }

  private String putAppsToSleep() {
    if (installation.swarm().info().membership() != Membership.MANAGER) {
      return "none";
    }
    var awake =
        installation.swarm().labelled(APP_LABEL).stream()
            .filter(service -> service.replicas() > 0)
            .toList();
    awake.forEach(service -> installation.swarm().scale(service, 0, Map.of(ASLEEP, "yes")));
    if (!Waiting.until(PATIENCE, () -> installation.containers().running(APP_LABEL).isEmpty())) {
      return "some have not ended";
    }
    return awake.isEmpty() ? "none" : awake.size() + " dynos stopped";
  }

  /// After the apps have ended, so that none loses its database before.
  private String stopDatabases() {
    var names = databases();
    names.forEach(name -> installation.containers().stop(name, DATABASE_STOP_SECONDS));
    return names.isEmpty() ? "none" : names.size() + " containers stopped";
  }

  private List<String> databases() {
    return DATABASE_LABELS.stream()
        .flatMap(label -> installation.containers().labelled(label).stream())
        .toList();
  }

  private String removeContainers() {
    var names = new ArrayList<>(installation.containers().labelled(SystemParts.LABEL));
    names.addAll(databases());
    names.forEach(installation.containers()::remove);
    return names.size() + " removed";
  }

  private String removeApps() {
    if (installation.swarm().info().membership() != Membership.MANAGER) {
      return "none";
    }
    var services = installation.swarm().labelled(APP_LABEL);
    services.forEach(installation.swarm()::remove);
    installation.swarm().removeObjects(APP_LABEL);
    installation.swarm().removeObjects(SystemParts.LABEL);
    Waiting.until(PATIENCE, () -> installation.containers().labelled(APP_LABEL).isEmpty());
    return services.size() + " dynos removed";
  }

  private String removeNetworks() {
    for (var name : List.of(SystemNetworks.DYNOS, SystemNetworks.SYSTEM)) {
      Waiting.until(PATIENCE, () -> installation.networks().remove(name));
    }
    return "removed";
  }

  private String removeVolumes() {
    installation.containers().removeVolumes(SystemParts.LABEL);
    return "removed";
  }

  private static String openPorts() {
    Commands.run(List.of("sh", "-c", FleetPorts.OPEN));
    return "guarded no more";
  }

  private String removeImages() {
    var images = installation.images();
    var ids = new ArrayList<>(images.named(OWN_REGISTRY));
    ids.addAll(images.labelled(SystemImages.VERSION_LABEL));
    var removed = ids.stream().distinct().filter(id -> images.remove(id, true)).count();
    if (installation.ledger().has(Ledger.Entry.BASE_IMAGE)) {
      removed += images.remove(BaseImage.name(), false) ? 1 : 0;
    }
    return removed + " removed";
  }

  private String leaveSwarm() {
    if (!installation.ledger().has(Ledger.Entry.SWARM)) {
      return "was not made by Slipway, stays";
    }
    if (installation.swarm().info().membership() != Membership.NONE) {
      installation.swarm().leave();
    }
    return "left";
  }

  private String stopEngine() {
    if (!installation.ledger().has(Ledger.Entry.ENGINE)) {
      return "was not started by Slipway, stays";
    }
    new EngineSetup(
            installation.docker(),
            new Packages(_ -> false, installation.ledger()),
            installation.ledger())
        .stop();
    return "stopped; its packages stay";
  }

  private String removeFiles() {
    removeAll(installation.home().directory());
    removeAll(Home.LOGS);
    return installation.home().directory() + " removed";
  }

  static void removeAll(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> walk = Files.walk(directory)) {
      for (var path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
