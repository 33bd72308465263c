package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.ContainerSpec;
import dev.slipway.engine.Containers;
import dev.slipway.engine.Images;
import dev.slipway.engine.SwarmNodes.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes a host a manager whose control can take over, and takes that back, step by step. Done
/// twice it changes nothing; broken off, it goes on.
final class Promotion {
  private static final List<String> PARTS = List.of("control", "registry", "builder");

  /// What control there makes databases from, and sends to other hosts.
  private static final List<String> DATA_SERVICES = List.of("postgres", "pgbouncer", "redis");

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String BEGIN =
      """
      set -e
      umask 077
      mkdir -p /var/lib/slipway/secrets /var/lib/slipway/tls /var/lib/slipway/registry
      """;

  private static final String FILE =
      """
      base64 -d >'PATH.new' <<'END'
      CONTENT
      END
      mv 'PATH.new' 'PATH'
      """;

  /// The image server reads its files as another user.
  private static final String END =
      """
      chmod 755 /var/lib/slipway/registry
      chmod 644 /var/lib/slipway/registry/*
      """;

  /// The host's own addresses, which builds must not reach.
  private static final String ADDRESSES =
      """
      for device in docker0 docker_gwbridge; do
        ip -4 -o addr show dev "$device" 2>/dev/null | sed -n 's/.* inet \\([0-9.]*\\).*/\\1/p'
      done
      """;

  private static final String LEAVE =
      """
      docker rm --force slipway-control slipway-registry slipway-builder >/dev/null 2>&1 || true
      docker volume rm slipway-registry slipway-builder >/dev/null 2>&1 || true
      cd /var/lib/slipway || exit 0
      rm -rf secrets tls registry control.env control.db* git logs builds sources uploads dumps backups/control
      """;

  private final Installation installation;
  private final Node node;
  private final Managers managers;

  /// @param node the host
  Promotion(Installation installation, Node node) {
    this.installation = installation;
    this.node = node;
    this.managers = new Managers(installation);
  }

  /// Makes it a manager.
  ///
  /// @param host the same host, as root
  List<Step> promote(HostConnection host) {
    var there = new HostParts(host.docker());
    return List.of(
        new Step("State", _ -> managers.begin()),
        new Step("Secrets", _ -> sendFiles(host)),
        new Step("System images", detail -> images(host).bring(PARTS, detail)),
        new Step("Manager", _ -> becomeManager(host)),
        new Step("Image server", _ -> there.make(specs(there).spec("registry"))),
        new Step("Builder", _ -> there.make(builder(host, specs(there)))),
        new Step("Control", detail -> control(host, there, detail)),
        new Step("Images of databases", detail -> images(host).bring(DATA_SERVICES, detail)),
        new Step("Managers", _ -> resilience()));
  }

  /// Has the image server of a manager keep its images where this machine's does.
  ///
  /// @param host the same host, as root
  void renewImageServer(HostConnection host) {
    sendFiles(host);
    var there = new HostParts(host.docker());
    var spec = specs(there).spec("registry");
    if (managers.haveControlOn(node.id())) {
      there.ensure(spec, _ -> {});
    } else {
      there.make(spec);
    }
  }

  /// Tells a manager where databases have their backups.
  void renewBackupPlace(HostConnection host) {
    sendFiles(host);
  }

  /// Takes that back; the host stays a worker.
  ///
  /// @param url how it is reached by SSH
  /// @param directory of what is kept of hosts
  List<Step> demote(@Nullable String url, Path directory) {
    return List.of(
        new Step("Control", _ -> giveUp(url, directory)),
        new Step("Worker", _ -> becomeWorker()),
        new Step("State", _ -> managers().count() == 1 ? managers.end() : "kept by the managers"),
        new Step("Managers", _ -> resilience()));
  }

  private String sendFiles(HostConnection host) {
    var script = new StringBuilder(BEGIN);
    for (var file : files()) {
      var content = Base64.getMimeEncoder(76, new byte[] {10}).encodeToString(bytes(file));
      script.append(FILE.replace("PATH", file.toString()).replace("CONTENT", content));
    }
    for (var file : new ImageStore(installation).files()) {
      if (!Files.exists(file)) {
        script.append("rm -f '" + file + "'\n");
      }
    }
    script.append(END);
    var ended = host.run(script.toString(), _ -> {});
    if (ended.status() != 0) {
      throw problem("The secrets can't be written there", ended.tail());
    }
    return files().size() + " files sent";
  }

  /// What control, image server and clients of the API need to find unchanged.
  private List<Path> files() {
    var home = installation.home();
    var files = new ArrayList<Path>();
    for (var name :
        List.of(
            "api-key",
            "registry-password",
            "router-token",
            "backup-key",
            "state-key",
            "keyset.json")) {
      files.add(home.secret(name));
    }
    for (var name : List.of("ca.crt", "control.crt", "control.key")) {
      files.add(home.tls(name));
    }
    files.add(home.registry("htpasswd"));
    files.addAll(new ImageStore(installation).files());
    files.add(home.secret("store-backups"));
    files.add(home.controlSettings());
    Optional.ofNullable(ControlSettings.read(home).get(ControlSettings.TARGET_AUTHORITIES))
        .map(Path::of)
        .ifPresent(files::add);
    files.removeIf(file -> !Files.exists(file));
    return files;
  }

  private ImageDelivery images(HostConnection host) {
    return new ImageDelivery(installation.images(), new Images(host.docker()));
  }

  private String becomeManager(HostConnection host) {
    if (node.manager()) {
      return "is one already";
    }
    new ManagerRole(installation.docker(), node.id()).give(host.docker());
    return "is one now";
  }

  private SystemParts specs(HostParts there) {
    return new SystemParts(
        installation.home(),
        installation.systemNetworks().dynosNetwork(),
        Integer.parseInt(node.labels().getOrDefault(Hosts.PLACE, "0")),
        there.gateId(),
        node.cpus(),
        node.memoryBytes());
  }

  /// What a build must not reach are that host's own addresses, and not this machine's.
  private ContainerSpec builder(HostConnection host, SystemParts specs) {
    var denied = new ArrayList<String>();
    denied.add(specs.dynos().subnets().getFirst());
    denied.add(node.address());
    host.run(ADDRESSES, _ -> {}).lines().stream().map(String::strip).forEach(denied::add);
    return specs.spec("builder").withVariable("SLIPWAY_BUILDER_DENY", String.join(",", denied));
  }

  private String control(HostConnection host, HostParts there, Consumer<String> detail) {
    var made = there.ensure(specs(there).spec("control"), detail);
    var containers = new Containers(host.docker());
    var name = SystemParts.container("control");
    if (!Waiting.until(PATIENCE, () -> tellsItsPlace(containers.lastLines(name, 500)))) {
      throw Up.silent("control", containers.lastLines(name, 10));
    }
    return made + ", stands by";
  }

  private static boolean tellsItsPlace(List<String> lines) {
    return lines.stream().anyMatch(line -> line.contains("standing by for the term"));
  }

  private String giveUp(@Nullable String url, Path directory) {
    if (!node.ready() || url == null) {
      managers.release(node.id());
      return "out of reach";
    }
    try (var host = HostConnection.open(List.of("ssh"), RemoteHost.of(url), directory, false)) {
      var ended = host.run(LEAVE, _ -> {});
      if (ended.status() != 0) {
        throw problem("Control can't be removed there", ended.tail());
      }
    }
    managers.release(node.id());
    return "removed";
  }

  private String becomeWorker() {
    new ManagerRole(installation.docker(), node.id()).ask(false);
    return "no manager any more";
  }

  private java.util.stream.Stream<Node> managers() {
    return installation.nodes().list().stream().filter(Node::manager);
  }

  private String resilience() {
    return survives((int) managers().count());
  }

  /// What so many managers are worth.
  static String survives(int managers) {
    var deaths = (managers - 1) / 2;
    return managers
        + (managers == 1 ? " manager: survives" : " managers: survive")
        + (deaths == 0 ? " the death of none" : " the death of " + deaths)
        + (managers % 2 == 0 ? "; one more, or one less, is better" : "");
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static UserError problem(String what, String why) {
    return new UserError(
        new Problem(ErrorCode.UNAVAILABLE, what, why, "When that is mended, run this again."));
  }
}
