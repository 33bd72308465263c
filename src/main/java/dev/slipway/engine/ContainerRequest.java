package dev.slipway.engine;

import dev.slipway.engine.ContainerSpec.Attachment;
import dev.slipway.engine.ContainerSpec.Port;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The engine's words for a container's spec.
final class ContainerRequest {
  private static final long NANOS = 1_000_000_000;

  private ContainerRequest() {}

  /// The body of `POST /containers/create`. It names the first network only, as the engine wants.
  static Map<String, Object> body(ContainerSpec spec) {
    var body = new LinkedHashMap<String, Object>();
    body.put("Image", spec.image());
    if (spec.inside() == null) {
      body.put("Hostname", spec.name());
    }
    body.put("Labels", spec.labels());
    body.put("Env", environment(spec));
    body.put("ExposedPorts", exposed(spec.ports()));
    body.put("HostConfig", hostConfig(spec));
    if (!spec.command().isEmpty()) {
      body.put("Cmd", spec.command());
    }
    if (!spec.attachments().isEmpty()) {
      var first = spec.attachments().getFirst();
      body.put(
          "NetworkingConfig", Map.of("EndpointsConfig", Map.of(first.network(), endpoint(first))));
    }
    return body;
  }

  /// What the engine is told of one attachment.
  static Map<String, Object> endpoint(Attachment attachment) {
    var address = attachment.address();
    return address == null ? Map.of() : Map.of("IPAMConfig", Map.of("IPv4Address", address));
  }

  private static Map<String, Object> hostConfig(ContainerSpec spec) {
    var host = new LinkedHashMap<String, Object>();
    var limits = spec.limits();
    var privileges = spec.privileges();
    host.put("Binds", binds(spec));
    host.put("Tmpfs", temporary(spec.temporary()));
    host.put("Sysctls", spec.kernelSettings());
    host.put("PortBindings", bindings(spec.ports()));
    host.put("RestartPolicy", Map.of("Name", "always"));
    host.put("NetworkMode", networkMode(spec));
    host.put("CapAdd", privileges.capabilities());
    host.put("CapDrop", privileges.dropped());
    host.put("SecurityOpt", privileges.securityOptions());
    host.put("PidMode", privileges.hostProcesses() ? "host" : "");
    host.put("Memory", limits.memoryBytes());
    host.put("MemorySwap", limits.memoryBytes());
    host.put("NanoCpus", (long) (limits.cpus() * NANOS));
    host.put("PidsLimit", limits.processes());
    host.put(
        "LogConfig",
        Map.of("Type", "json-file", "Config", Map.of("max-size", "10m", "max-file", "3")));
    return host;
  }

  private static String networkMode(ContainerSpec spec) {
    if (spec.inside() != null) {
      return "container:" + spec.inside();
    }
    return spec.attachments().isEmpty() ? "none" : spec.attachments().getFirst().network();
  }

  private static List<String> environment(ContainerSpec spec) {
    var environment = new ArrayList<String>();
    spec.environment().forEach((name, value) -> environment.add(name + "=" + value));
    return environment;
  }

  private static List<String> binds(ContainerSpec spec) {
    return spec.mounts().stream()
        .map(mount -> mount.source() + ":" + mount.target() + (mount.readOnly() ? ":ro" : ""))
        .toList();
  }

  private static Map<String, String> temporary(List<String> directories) {
    var temporary = new LinkedHashMap<String, String>();
    directories.forEach(directory -> temporary.put(directory, ""));
    return temporary;
  }

  private static Map<String, Object> exposed(List<Port> ports) {
    var exposed = new LinkedHashMap<String, Object>();
    ports.forEach(port -> exposed.put(port.containerPort() + "/tcp", Map.of()));
    return exposed;
  }

  private static Map<String, List<Map<String, String>>> bindings(List<Port> ports) {
    var bindings = new LinkedHashMap<String, List<Map<String, String>>>();
    for (var port : ports) {
      bindings
          .computeIfAbsent(port.containerPort() + "/tcp", _ -> new ArrayList<>())
          .add(Map.of("HostIp", port.hostAddress(), "HostPort", Integer.toString(port.hostPort())));
    }
    return bindings;
  }
}
