package dev.slipway.faults;

import static dev.slipway.testing.Await.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// The test hosts of `bin/hosts`, and what the fleet says of them.
final class TestHosts implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final int count;

  /// What a command wrote, and how it ended.
  record Ended(int status, String said) {}

  private TestHosts(int count) {
    this.count = count;
  }

  /// So many, which run and are in no fleet.
  static TestHosts up(int count) {
    succeeds("bin/hosts", "up", "" + count);
    var hosts = new TestHosts(count);
    IntStream.rangeClosed(1, count).mapToObj(hosts::address).forEach(TestHosts::unpin);
    return hosts;
  }

  /// Each host that is made has another SSH key, at the address of one that was there before.
  private static void unpin(String address) {
    run("ssh-keygen", "-f", "/var/lib/slipway/hosts/known_hosts", "-R", address);
  }

  /// Takes them away and lets the fleet forget them.
  @Override
  public void close() {
    succeeds("bin/hosts", "down");
    IntStream.rangeClosed(1, count)
        .mapToObj(TestHosts::name)
        .forEach(name -> await(name + " is forgotten", PATIENCE, () -> forgets(name)));
  }

  private boolean forgets(String name) {
    return listed(name).isMissingNode()
        || run("./slipway", "hosts", "remove", name, "--dead").status() == 0;
  }

  static String name(int number) {
    return "slipway-test-" + number;
  }

  String address(int number) {
    return JSON.readTree(succeeds("bin/hosts", "status", "--json"))
        .valueStream()
        .filter(host -> host.path("host").asInt() == number)
        .findFirst()
        .orElseThrow()
        .path("address")
        .asString();
  }

  /// The command by which host `number` joins.
  String join(int number) {
    return "./slipway hosts add ssh://root@" + address(number) + " --yes";
  }

  /// What `slipway hosts` says of the host.
  JsonNode listed(String name) {
    return JSON.readTree(succeeds("./slipway", "hosts", "--json"))
        .valueStream()
        .filter(host -> host.path("name").asString().equals(name))
        .findFirst()
        .orElse(MissingNode.getInstance());
  }

  String state(int number) {
    return listed(name(number)).path("state").asString("");
  }

  int dynos(int number) {
    return listed(name(number)).path("dynos").asInt(0);
  }

  /// How many run, or are to, on all hosts of the fleet.
  int allDynos() {
    return JSON.readTree(succeeds("./slipway", "hosts", "--json"))
        .valueStream()
        .mapToInt(host -> host.path("dynos").asInt())
        .sum();
  }

  /// Runs a shell's command on a test host, as root; it must succeed.
  String on(int number, String command) {
    return succeeds("bin/hosts", "ssh", "" + number, command).strip();
  }

  /// Whether a shell's command succeeds there.
  boolean does(int number, String command) {
    return run("bin/hosts", "ssh", "" + number, command).status() == 0;
  }

  /// What an app says through the router of a test host.
  String answer(int number, FaultApp app) {
    var url = "http://" + address(number) + "/";
    return run("curl", "-s", "-m", "5", "-H", "Host: " + app.host(), url).said();
  }

  /// The command with an agent that has the hosts' key, as a person's terminal would.
  static List<String> withKey(String command) {
    return List.of(
        "sh",
        "-c",
        "exec ssh-agent sh -c 'ssh-add -q \"$(bin/hosts key)\" && exec " + command + "'");
  }

  static String succeeds(String... command) {
    return succeeds(List.of(command));
  }

  static String succeeds(List<String> command) {
    var ended = run(command);
    assertEquals(0, ended.status(), () -> String.join(" ", command) + "\n" + ended.said());
    return ended.said();
  }

  static Ended run(String... command) {
    return run(List.of(command));
  }

  static Ended run(List<String> command) {
    try {
      return ended(start(command));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Process start(List<String> command) throws IOException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return process;
  }

  static Ended ended(Process process) throws IOException {
    try {
      var said = new String(process.getInputStream().readAllBytes(), UTF_8);
      return new Ended(process.waitFor(), said);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
