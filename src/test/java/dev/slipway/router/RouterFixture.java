package dev.slipway.router;

import static dev.slipway.testing.Await.await;

import dev.slipway.core.AppId;
import dev.slipway.core.AppName;
import dev.slipway.core.DynoName;
import dev.slipway.core.Secret;
import dev.slipway.core.ServiceName;
import io.javalin.Javalin;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// The real router image in a network of its own, and a control made of the real `Routers` and
/// `RouterEndpoint` in this process.
final class RouterFixture implements AutoCloseable {
  static final String IMAGE = "slipway-router:it";
  static final String GATEWAY = "10.213.77.1";
  private static final String LABEL = "slipway.test=router-it";
  private static final String NETWORK = "slipway-router-it";

  private static boolean built;

  final List<String> log = new CopyOnWriteArrayList<>();
  final Map<String, ServerCertificate> certificates = new ConcurrentHashMap<>();
  private final List<String> containers = new ArrayList<>();
  private final Path state;
  private final int controlPort;
  private final String name;
  private final List<String> settings;
  private String front;
  private @Nullable Javalin control;
  Routers routers = new Routers();

  RouterFixture(String name, String... environment) throws Exception {
    this(name, List.of(environment));
    startControl();
    router(this.name, List.of("-p", "127.0.0.1::80", "-p", "127.0.0.1::443", "--network", NETWORK));
  }

  private RouterFixture(String name, List<String> settings) throws Exception {
    this.name = "slipway-router-it-" + name;
    this.settings = settings;
    this.front = this.name;
    state = Files.createTempDirectory("router");
    Files.writeString(state.resolve("id"), "router-1\n");
    Files.writeString(state.resolve("token"), "let-me-in\n");
    try (var socket = new ServerSocket(0)) {
      controlPort = socket.getLocalPort();
    }
  }

  /// A router in the network namespace of another container, as `up` makes it.
  static RouterFixture behindGate(String name, String... environment) throws Exception {
    var fixture = new RouterFixture(name, List.of(environment));
    fixture.startControl();
    fixture.front = fixture.name + "-gate";
    fixture.run(
        fixture.front,
        List.of(
            "-p",
            "127.0.0.1::80",
            "--sysctl",
            "net.ipv4.tcp_migrate_req=1",
            "--network",
            NETWORK,
            "--entrypoint",
            "sleep",
            IMAGE,
            "infinity"));
    fixture.router(fixture.name, List.of("--network", "container:" + fixture.front));
    return fixture;
  }

  /// Starts another router beside the first, behind the same gate.
  void successor() throws Exception {
    router(name + "-next", List.of("--network", "container:" + front));
  }

  /// What both routers wrote.
  String logs() {
    try {
      return docker("logs", name) + docker("logs", name + "-next");
    } catch (IOException e) {
      return e.toString();
    }
  }

  private void router(String container, List<String> network) throws Exception {
    var command = new ArrayList<String>();
    command.addAll(List.of("-e", "SLIPWAY_CONTROL=" + GATEWAY + ":" + controlPort));
    for (var variable : settings) {
      command.addAll(List.of("-e", variable));
    }
    command.addAll(List.of("-v", state + ":/var/lib/slipway/router"));
    command.addAll(network);
    command.add(IMAGE);
    run(container, command);
  }

  /// Builds the image, the first time, and makes the network; once per test class.
  static void prepare() throws Exception {
    if (!built) {
      docker("build", "-q", "-t", IMAGE, "-f", "images/router/Dockerfile", "router");
      built = true;
    }
    cleanUp();
    docker(
        "network",
        "create",
        "--label",
        LABEL,
        "--subnet",
        "10.213.77.0/24",
        "--gateway",
        GATEWAY,
        NETWORK);
  }

  static void cleanUp() throws Exception {
    for (var id : docker("ps", "-aq", "--filter", "label=" + LABEL).lines().toList()) {
      docker("rm", "-f", id);
    }
    for (var id : docker("network", "ls", "-q", "--filter", "label=" + LABEL).lines().toList()) {
      docker("network", "rm", id);
    }
  }

  void startControl() {
    var token = new Secret("let-me-in");
    var endpoint =
        new RouterEndpoint(
            routers,
            router -> Optional.of(token),
            fingerprint -> Optional.ofNullable(certificates.get(fingerprint)),
            (app, time, line) -> log.add(app.shortForm() + " " + line));
    control =
        Javalin.create(
                config -> {
                  config.startup.showJavalinBanner = false;
                  endpoint.routes(config);
                })
            .start("0.0.0.0", controlPort);
  }

  void stopControl() {
    if (control != null) {
      control.stop();
      control = null;
    }
  }

  int controlPort() {
    return controlPort;
  }

  int port() throws Exception {
    return published("80/tcp");
  }

  int published(String inside) throws Exception {
    var mapping = docker("port", front, inside).lines().findFirst().orElseThrow();
    return Integer.parseInt(mapping.substring(mapping.lastIndexOf(':') + 1));
  }

  /// Publishes and waits until the router uses it.
  TableVersion publish(AppRoutes... apps) throws Exception {
    var version = routers.publish(List.of(apps));
    await(
        "the table to be used",
        () ->
            !routers.live().isEmpty()
                && routers.awaitAcknowledged(version, Duration.ofSeconds(5)).isEmpty());
    return version;
  }

  void dynoContainer(String service, String address, String says) throws Exception {
    var conf = state.resolve(service + ".conf");
    Files.writeString(
        conf,
        "daemon off; error_log stderr; events {} http { access_log off; server { listen 8000;"
            + " location / { return 200 \""
            + says
            + "\"; } } }");
    var container = name + "-" + says + "-" + service;
    run(
        container,
        List.of(
            "--network",
            NETWORK,
            "--ip",
            address,
            "--network-alias",
            service,
            "-v",
            conf + ":/c:ro",
            "--entrypoint",
            "nginx",
            IMAGE,
            "-c",
            "/c"));
  }

  void remove(String service, String says) throws Exception {
    var container = name + "-" + says + "-" + service;
    docker("rm", "-f", container);
    containers.remove(container);
  }

  void restart() throws Exception {
    docker("kill", name);
    docker("start", name);
  }

  /// Whether the successor's workers all use a table.
  boolean successorIsReady() {
    try {
      docker("exec", name + "-next", "slipway-router", "ready");
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  /// Tells the first router to end with its last request.
  void quit() throws Exception {
    docker("kill", "--signal", "QUIT", name);
  }

  boolean hasEnded() throws Exception {
    return docker("inspect", "--format", "{{.State.Running}}", name).equals("false");
  }

  String inside(String... command) throws Exception {
    var whole = new ArrayList<>(List.of("exec", name));
    whole.addAll(List.of(command));
    return docker(whole.toArray(String[]::new));
  }

  String errors() throws Exception {
    return docker("logs", name);
  }

  private void run(String container, List<String> command) throws Exception {
    containers.add(container);
    var whole = new ArrayList<>(List.of("run", "-d", "--name", container, "--label", LABEL));
    whole.addAll(command);
    docker(whole.toArray(String[]::new));
  }

  static String docker(String... arguments) throws IOException {
    var command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
    return output.strip();
  }

  /// Waits for a log line of the app that has this text.
  void awaitLine(String app, String text) throws Exception {
    var start = id(app).shortForm() + " ";
    await(
        "a line of " + app + " with " + text,
        () -> log.stream().anyMatch(line -> line.startsWith(start) && line.contains(text)));
  }

  static AppRoutes app(String name, DynoRoute... dynos) {
    return app(name, false, dynos);
  }

  /// The same, whose clients stay with their dyno where they are to.
  static AppRoutes app(String name, boolean affinity, DynoRoute... dynos) {
    return new AppRoutes(
        id(name),
        new AppName(name),
        List.of(name + ".localhost"),
        false,
        1,
        List.of(dynos),
        List.of(),
        null,
        affinity,
        Map.of(),
        Map.of());
  }

  static AppId id(String name) {
    return new AppId(java.util.UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)));
  }

  /// A dyno of this process, as the router reaches it.
  static DynoRoute route(String service, int port) {
    return route(service, GATEWAY, port);
  }

  static DynoRoute route(String service, String address, int port) {
    return new DynoRoute(new ServiceName(service), DynoName.of("web.1"), address, port);
  }

  @Override
  public void close() throws IOException {
    for (var container : containers) {
      docker("rm", "-f", container);
    }
    stopControl();
    for (var file : List.of("id", "token")) {
      Files.deleteIfExists(state.resolve(file));
    }
  }
}
