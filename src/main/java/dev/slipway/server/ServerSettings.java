package dev.slipway.server;

import dev.slipway.core.Secret;
import dev.slipway.outbound.Targets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where control keeps things and what it is told by its environment.
///
/// @param home everything that control keeps
/// @param dockerSocket the engine's socket
/// @param dynosNetwork the name of the dynos' network
/// @param apiPort plain HTTP for API and git
/// @param tlsPort the same with TLS
/// @param rendezvousPort where clients of attached one-off dynos come to, with TLS
/// @param routerPort the routers' protocol
/// @param agentPort where agents come to, with TLS
/// @param privateTargets blocks of private addresses that drains and webhooks may reach
/// @param targetAuthorities a PEM file of further authorities that drains and webhooks may have
///   their certificates from, or null
/// @param diskPercent how much of a host's disk images may take
/// @param journalled whether the state is also kept by all managers, and this control stands by
///   until it may run
record ServerSettings(
    Path home,
    Path dockerSocket,
    String dynosNetwork,
    int apiPort,
    int tlsPort,
    int rendezvousPort,
    int routerPort,
    int agentPort,
    String privateTargets,
    @Nullable Path targetAuthorities,
    int diskPercent,
    boolean journalled) {
  /// Reads the environment; each has a default.
  static ServerSettings of(Map<String, String> environment) {
    return new ServerSettings(
        Path.of(environment.getOrDefault("SLIPWAY_HOME", "/var/lib/slipway")),
        Path.of(environment.getOrDefault("SLIPWAY_DOCKER_SOCKET", "/var/run/docker.sock")),
        environment.getOrDefault("SLIPWAY_DYNOS_NETWORK", "slipway-dynos"),
        Integer.parseInt(environment.getOrDefault("SLIPWAY_API_PORT", "7080")),
        Integer.parseInt(environment.getOrDefault("SLIPWAY_TLS_PORT", "7443")),
        Integer.parseInt(environment.getOrDefault("SLIPWAY_RENDEZVOUS_PORT", "7444")),
        Integer.parseInt(environment.getOrDefault("SLIPWAY_ROUTER_PORT", "7070")),
        Integer.parseInt(environment.getOrDefault("SLIPWAY_AGENT_PORT", "7071")),
        environment.getOrDefault(Targets.SETTING, ""),
        file(environment.get("SLIPWAY_TARGET_AUTHORITIES")),
        Integer.parseInt(environment.getOrDefault("SLIPWAY_DISK_PERCENT", "20")),
        environment.getOrDefault("SLIPWAY_JOURNAL", "").equals("swarm"));
  }

  private static @Nullable Path file(@Nullable String name) {
    return name == null || name.isEmpty() ? null : Path.of(name);
  }

  /// A secret that the installation made, by its file's name.
  Secret secret(String name) {
    try {
      return new Secret(Files.readString(home.resolve("secrets").resolve(name)).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
