package dev.slipway.install;

import dev.slipway.engine.ContainerSpec;
import dev.slipway.engine.ContainerSpec.Attachment;
import dev.slipway.engine.ContainerSpec.Limits;
import dev.slipway.engine.ContainerSpec.Mount;
import dev.slipway.engine.ContainerSpec.Port;
import dev.slipway.engine.ContainerSpec.Privileges;
import dev.slipway.engine.Networks.Network;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What each of Slipway's own containers is made from.
///
/// @param home the installation's directory
/// @param dynos the network of routers and dynos
/// @param place the host's own among the routers' addresses
/// @param gateId the identifier of the gate's container; empty where there is none yet
/// @param cpus how many processors the host has
/// @param memoryBytes how much memory the host has
record SystemParts(Home home, Network dynos, int place, String gateId, int cpus, long memoryBytes) {
  static final String LABEL = "slipway.system";
  private static final long MEGABYTE = 1 << 20;
  private static final long AGENT_MEGABYTES = 160;
  private static final String AGENT_COMES_TO = "slipway-control:7071";
  private static final Path CERTIFICATES = Path.of("/etc/ssl/certs/ca-certificates.crt");

  /// The place of the first host's router: the network's own address and its gateway come before.
  static final int FIRST_PLACE = 2;

  static String container(String part) {
    return "slipway-" + part;
  }

  /// What the part's container is made from.
  ContainerSpec spec(String part) {
    return switch (part) {
      case "wall" -> wall();
      case "registry" -> registry();
      case "builder" -> builder();
      case "control" -> control();
      case "agent" -> agent();
      case "gate" -> gate();
      case "router" -> router();
      default -> throw new IllegalArgumentException(part);
    };
  }

  /// Sees the host's processes and the engine's namespaces. It keeps the ports of the Swarm too,
  /// unless that is somebody else's.
  private ContainerSpec wall() {
    var block = Cidr.parse(dynos.subnets().getFirst());
    return spec(
        "wall",
        Map.of(
            "SLIPWAY_NAMESPACE",
            "1-" + dynos.id().substring(0, 10),
            "SLIPWAY_DYNOS",
            block.upperHalf().toString(),
            "SLIPWAY_SUBNET",
            block.toString(),
            "SLIPWAY_PORTS",
            new Ledger(home).has(Ledger.Entry.SWARM) ? "fleet" : "open"),
        List.of(),
        List.of(),
        List.of(),
        new Limits(64 * MEGABYTE, 0, 64),
        new Privileges(
            List.of("SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE"),
            List.of("ALL"),
            List.of("apparmor=unconfined"),
            true));
  }

  private ContainerSpec registry() {
    return spec(
        "registry",
        Map.of(),
        List.of(
            new Mount(home.registry("").toString(), "/etc/slipway/registry", true),
            new Mount("slipway-registry", "/var/lib/registry", false)),
        List.of(),
        List.of(new Attachment(SystemNetworks.SYSTEM, null)),
        new Limits(512 * MEGABYTE, 0, 512),
        Privileges.DEFAULT);
  }

  /// Runs an engine of its own, and takes half of the host's memory at the most.
  private ContainerSpec builder() {
    var mounts = new ArrayList<>(List.of(new Mount("slipway-builder", "/var/lib/builder", false)));
    if (Files.exists(CERTIFICATES)) {
      mounts.add(new Mount(CERTIFICATES.toString(), "/etc/slipway/ca-certificates.crt", true));
    }
    var plain =
        spec(
            "builder",
            Map.of(
                "DOCKER_ALLOW_IPV6_ON_IPV4_INTERFACE",
                "1",
                "SLIPWAY_BUILDER_DENY",
                String.join(",", denied())),
            mounts,
            List.of(),
            List.of(new Attachment(SystemNetworks.SYSTEM, null)),
            new Limits(Math.max(memoryBytes / 2, 1024 * MEGABYTE), cpus, 4096),
            new Privileges(
                List.of("SYS_ADMIN", "NET_ADMIN"),
                List.of(),
                List.of("seccomp=unconfined", "apparmor=unconfined"),
                false));
    return plain.withKernelAccess(List.of("/run"), Map.of("net.ipv4.ip_forward", "1"));
  }

  /// What a build must not reach and the builder can't see from inside: the host's own addresses
  /// and the dynos.
  private List<String> denied() {
    var denied = new ArrayList<String>();
    denied.add(dynos.subnets().getFirst());
    for (var name : List.of(HostRoutes.read().outward(), "docker0", "docker_gwbridge")) {
      HostRoutes.addressOf(name).ifPresent(denied::add);
    }
    return denied;
  }

  private ContainerSpec control() {
    return control(
        onLoopback(ClientPorts.OWN.api(), ClientPorts.OWN.tls(), ClientPorts.OWN.rendezvous()));
  }

  /// What takes control's place for one deploy. No client comes to it.
  ///
  /// @param what an image of this host, or a release
  ContainerSpec direct(String app, String what) {
    return control(List.of()).running("direct", app, what);
  }

  /// One of several managers' joins the system network by itself, once it runs: two there would
  /// both be found by the name.
  private ContainerSpec control(List<Port> ports) {
    return spec(
        "control",
        controlEnvironment(),
        List.of(
            new Mount(home.directory().toString(), home.directory().toString(), false),
            new Mount(EngineSetup.SOCKET.toString(), EngineSetup.SOCKET.toString(), false)),
        ports,
        List.of(new Attachment(home.isJournalled() ? "bridge" : SystemNetworks.SYSTEM, null)),
        new Limits(1024 * MEGABYTE, 0, 4096),
        Privileges.DEFAULT);
  }

  private Map<String, String> controlEnvironment() {
    var environment = new TreeMap<>(ControlSettings.read(home));
    var authorities = environment.get(ControlSettings.TARGET_AUTHORITIES);
    if (authorities != null) {
      environment.put("SLIPWAY_TARGET_AUTHORITIES_DIGEST", digest(Path.of(authorities)));
    }
    if (home.isJournalled()) {
      environment.put("SLIPWAY_JOURNAL", "swarm");
    }
    environment.put("SLIPWAY_HOME", home.directory().toString());
    environment.put("SLIPWAY_CERTIFICATE", digest(home.tls("control.crt")));
    return environment;
  }

  /// The same image as control, in another role. It has the host's engine, so it may do nothing
  /// else: it is as good as root.
  private ContainerSpec agent() {
    var socket = EngineSetup.SOCKET.toString();
    var files = Home.DEFAULT.resolve("agent").toString();
    return spec(
            "agent",
            Map.of(),
            List.of(new Mount(socket, socket, false), new Mount(files, files, true)),
            List.of(),
            List.of(new Attachment(SystemNetworks.SYSTEM, null)),
            new Limits(AGENT_MEGABYTES * MEGABYTE, 0, 256),
            new Privileges(List.of(), List.of("ALL"), List.of(), false))
        .running("agent", AGENT_COMES_TO, files);
  }

  /// Holds the router's addresses and ports, so that routers can come and go behind them.
  private ContainerSpec gate() {
    var block = Cidr.parse(dynos.subnets().getFirst());
    var socket = EngineSetup.SOCKET.toString();
    var plain =
        spec(
            "gate",
            Map.of(),
            List.of(new Mount(socket, socket, false)),
            List.of(
                new Port("", 80, 80), new Port("", 443, 443), new Port("127.0.0.1", 5000, 5000)),
            List.of(
                new Attachment(SystemNetworks.SYSTEM, null),
                new Attachment(SystemNetworks.DYNOS, block.host(place))),
            new Limits(32 * MEGABYTE, 0, 16),
            new Privileges(List.of(), List.of("ALL"), List.of(), false));
    // A POST gets a connection of its own, so local ports are used up faster than they come back.
    // What a router that leaves has not accepted yet is the next one's.
    return plain.withKernelAccess(
        List.of(),
        Map.of(
            "net.ipv4.tcp_tw_reuse", "1",
            "net.ipv4.ip_local_port_range", "10240 65535",
            "net.ipv4.tcp_migrate_req", "1"));
  }

  private ContainerSpec router() {
    var files = home.router("").toString();
    return spec(
            "router",
            Map.of(
                "SLIPWAY_CERTIFICATE",
                digest(home.tls("control.crt")),
                "SLIPWAY_TOKEN",
                digest(home.router("token"))),
            List.of(new Mount(files, files, false)),
            List.of(),
            List.of(),
            Limits.NONE,
            Privileges.DEFAULT)
        .inside(gateId);
  }

  /// Tells one certificate or token from the next: a part reads it when it starts, so that a new
  /// one makes a new container.
  private static String digest(Path file) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      var bytes = digest.digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(bytes, 0, 8);
    } catch (IOException | NoSuchAlgorithmException e) {
      return "none";
    }
  }

  private static ContainerSpec spec(
      String part,
      Map<String, String> environment,
      List<Mount> mounts,
      List<Port> ports,
      List<Attachment> attachments,
      Limits limits,
      Privileges privileges) {
    return new ContainerSpec(
        container(part),
        SystemImages.of(part),
        List.of(),
        environment,
        Map.of(LABEL, part),
        mounts,
        List.of(),
        Map.of(),
        ports,
        attachments,
        null,
        limits,
        privileges);
  }

  private static List<Port> onLoopback(int... ports) {
    var published = new ArrayList<Port>();
    for (var port : ports) {
      published.add(new Port("127.0.0.1", port, port));
      if (hasIpv6Loopback()) {
        published.add(new Port("::1", port, port));
      }
    }
    return published;
  }

  private static boolean hasIpv6Loopback() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .anyMatch(
              address -> address.isLoopbackAddress() && address instanceof java.net.Inet6Address);
    } catch (SocketException e) {
      return false;
    }
  }
}
