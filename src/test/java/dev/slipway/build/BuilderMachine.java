package dev.slipway.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.slipway.core.AppId;
import dev.slipway.core.AppName;
import dev.slipway.core.Secret;
import dev.slipway.engine.Containers;
import dev.slipway.engine.DockerApi;
import dev.slipway.image.Credential;
import dev.slipway.image.ImageServer;
import dev.slipway.image.ImageWriters;
import dev.slipway.source.SourceTree;
import dev.slipway.testing.Await;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A builder and an image server in containers of their own, on a network of their own; all of it
/// goes when closed.
final class BuilderMachine implements AutoCloseable {
  private static final String PASSWORD_HASH =
      "$2b$04$CHy11hFnEpUdD/9iITmm1ui5fmW8MP0A7.dVxv01w2E/9g5B8F9MW";

  final String suffix = UUID.randomUUID().toString().substring(0, 8);
  final String network = "slipway-test-build-" + suffix;
  final String container = "slipway-test-builder-" + suffix;
  final String registry = "slipway-test-registry-" + suffix;
  final ImageServer images;
  final Builder builder;
  private final Credential credential = new Credential("builder", new Secret("secret-of-the-test"));
  private final DockerApi docker = new DockerApi(Path.of("/var/run/docker.sock"));
  private final Path files;

  BuilderMachine(Path files) throws IOException, InterruptedException {
    this.files = files;
    var passwords = files.resolve("htpasswd");
    Files.writeString(passwords, "builder:" + PASSWORD_HASH + "\n");
    docker("build", "--quiet", "--tag", "slipway-test/registry", "images/registry");
    docker("build", "--quiet", "--tag", "slipway-test/builder", "images/builder");
    docker("network", "create", "--label", "slipway.test=BuilderIT", network);
    startRegistry(passwords);
    startBuilder();
    images = new ImageServer(URI.create("http://" + address(registry) + ":5000"), credential);
    builder = builder(container, Duration.ofMinutes(3));
    await();
    try (var base = start("save", "debian:trixie-slim").getInputStream()) {
      builder.load(base);
    }
  }

  /// A builder in that container whose builds may take so long.
  Builder builder(String inside, Duration timeLimit) {
    var settings = new BuilderSettings(inside, registry + ":5000", timeLimit, 2);
    return new Builder(settings, new Containers(docker), images, credential, new ImageWriters());
  }

  private void startRegistry(Path passwords) throws IOException, InterruptedException {
    run(
        registry,
        "--volume",
        passwords + ":/etc/slipway/registry/htpasswd:ro",
        "slipway-test/registry");
  }

  private void startBuilder() throws IOException, InterruptedException {
    startBuilder(container);
  }

  /// Starts one more builder, which the test removes.
  void startBuilder(String name, String... more) throws IOException, InterruptedException {
    var options = new ArrayList<>(Arrays.asList(more));
    options.addAll(
        List.of(
            "--cap-add=SYS_ADMIN",
            "--cap-add=NET_ADMIN",
            "--security-opt=seccomp=unconfined",
            "--security-opt=apparmor=unconfined",
            "--env=SLIPWAY_REGISTRY=" + registry + ":5000",
            "--env=SLIPWAY_BUILDER_DENY=" + hostAddress(),
            "--cpus=2",
            "--memory=2g",
            "--volume=/etc/ssl/certs/ca-certificates.crt:/etc/slipway/ca-certificates.crt:ro",
            "slipway-test/builder"));
    run(name, options.toArray(String[]::new));
  }

  private void run(String name, String... more) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("run", "--detach", "--name", name));
    command.addAll(List.of("--label", "slipway.test=BuilderIT", "--network", network));
    command.addAll(Arrays.asList(more));
    docker(command.toArray(String[]::new));
  }

  /// Waits until both answer.
  void await() throws IOException, InterruptedException {
    await(container);
  }

  void await(String builder) throws IOException, InterruptedException {
    try {
      Await.await(
          "the builder's engine",
          () -> images.answers() && start("exec", builder, "docker", "version").waitFor() == 0);
    } catch (AssertionError silent) {
      throw new IllegalStateException(docker("logs", builder), silent);
    }
  }

  /// A request for the files, given as name and text in turn.
  BuildRequest request(Map<String, Secret> configVars, String... namesAndTexts) throws IOException {
    var folder = Files.createTempDirectory(files, "app");
    for (var i = 0; i < namesAndTexts.length; i += 2) {
      var file = folder.resolve(namesAndTexts[i]);
      Files.createDirectories(file.getParent());
      Files.writeString(file, namesAndTexts[i + 1]);
    }
    return request(AppId.random(), folder, configVars);
  }

  BuildRequest request(AppId app, Path folder, Map<String, Secret> configVars) {
    var name = new AppName("sample");
    var source = new SourceTree(folder, "4f2c1ab");
    return new BuildRequest(UUID.randomUUID().toString(), app, name, source, configVars);
  }

  /// What the engine inside the builder says.
  String inside(String... command) throws IOException, InterruptedException {
    var all = new ArrayList<>(List.of("exec", container));
    all.addAll(Arrays.asList(command));
    return docker(all.toArray(String[]::new));
  }

  /// The host's own address on its default bridge.
  String hostAddress() throws IOException {
    return NetworkInterface.getByName("docker0")
        .inetAddresses()
        .filter(Inet4Address.class::isInstance)
        .map(InetAddress::getHostAddress)
        .findFirst()
        .orElseThrow();
  }

  String address(String name) throws IOException, InterruptedException {
    var format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
    return docker("inspect", "--format", format, name).strip();
  }

  static String docker(String... arguments) throws IOException, InterruptedException {
    var process = start(arguments);
    var said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), () -> String.join(" ", arguments) + "\n" + said);
    return said;
  }

  static Process start(String... arguments) throws IOException {
    var command = new ArrayList<>(List.of("docker"));
    command.addAll(Arrays.asList(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  @Override
  public void close() throws IOException {
    start("rm", "--force", "--volumes", container, registry).onExit().join();
    start("network", "rm", network).onExit().join();
    docker.close();
  }
}
