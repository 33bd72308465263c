package dev.slipway.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The body of Swarm's "create a service" for a dyno (Docker Engine API 1.41).
final class ServiceBody {
  /// Labels that carry a dyno's meaning; names are never parsed.
  static final String APP = "slipway.app";

  static final String DYNO = "slipway.dyno";
  static final String SERVICE = "slipway.service";
  static final String ONCE = "slipway.once";

  /// What a program in a container may need of root's powers: to give files to its user and to
  /// become it, to bind low ports, to stop its own children. All else is dropped.
  private static final List<String> CAPABILITIES =
      List.of("CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID");

  /// Tells the container's init to send SIGTERM to all of the dyno's processes, as Heroku does, and
  /// not only to the shell that runs the command.
  private static final String SIGNAL_ALL = "TINI_KILL_PROCESS_GROUP=1";

  private static final long MOST_PROCESSES = 512;
  private static final Duration RESTART_DELAY = Duration.ofSeconds(1);
  private static final Map<String, String> LOG_LIMITS = Map.of("max-size", "5m", "max-file", "2");

  private final String network;

  ServiceBody(String network) {
    this.network = network;
  }

  /// @param constraints which nodes it may run on, in Swarm's words
  /// @param own labels of the service, beyond those that its container has too
  Map<String, Object> of(
      DynoSpec dyno, boolean keepRunning, List<String> constraints, Map<String, String> own) {
    var labels = labels(dyno, keepRunning);
    var all = new HashMap<>(labels);
    all.putAll(own);
    return Map.of(
        "Name", dyno.service().value(),
        "Labels", all,
        "TaskTemplate",
            Map.of(
                "ContainerSpec", container(dyno, labels),
                "Resources", resources(dyno),
                "RestartPolicy", restart(keepRunning),
                "Placement", Map.of("Constraints", constraints),
                "Networks", List.of(Map.of("Target", network)),
                "LogDriver", Map.of("Name", "json-file", "Options", LOG_LIMITS)),
        "Mode", Map.of("Replicated", Map.of("Replicas", 1)),
        "EndpointSpec", Map.of("Mode", "dnsrr"));
  }

  private static Map<String, String> labels(DynoSpec dyno, boolean keepRunning) {
    var labels = new HashMap<String, String>();
    labels.put(APP, dyno.app().toString());
    labels.put(DYNO, dyno.dyno().toString());
    labels.put(SERVICE, dyno.service().value());
    if (!keepRunning) {
      labels.put(ONCE, "true");
    }
    return labels;
  }

  private static Map<String, Object> container(DynoSpec dyno, Map<String, String> labels) {
    var container = new HashMap<String, Object>();
    container.put("Image", dyno.image().onHost());
    container.put("Labels", labels);
    container.put(
        "Env",
        Stream.concat(
                Stream.of(SIGNAL_ALL),
                dyno.environment().entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + escaped(entry.getValue().reveal())))
            .toList());
    container.put("StopGracePeriod", dyno.grace().toNanos());
    container.put("Init", true);
    container.put("CapabilityDrop", List.of("ALL"));
    container.put("CapabilityAdd", CAPABILITIES);
    if (dyno.command() != null) {
      container.put("Command", List.of("/bin/sh", "-c", dyno.command()));
    }
    return container;
  }

  /// Swarm expands environment values as Go templates, so what opens one is itself written as a
  /// template that gives it back.
  static String escaped(String value) {
    return value.replace("{{", "{{\"{{\"}}");
  }

  private static Map<String, Object> resources(DynoSpec dyno) {
    var memory = dyno.size().memoryBytes();
    return Map.of(
        "Limits", Map.of("MemoryBytes", memory, "Pids", MOST_PROCESSES),
        "Reservations", Map.of("MemoryBytes", memory));
  }

  private static Map<String, Object> restart(boolean keepRunning) {
    return keepRunning
        ? Map.of("Condition", "any", "Delay", RESTART_DELAY.toNanos())
        : Map.of("Condition", "none");
  }
}
