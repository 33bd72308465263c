package dev.slipway.faults;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.faults.CloudMachines.Ended;
import dev.slipway.testing.Ec2StandIn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// Hosts made from nothing: the command asks a stand-in for EC2, whose machines are test hosts that
/// really join. Each test goes on where the one before it stopped.
@Tag("docker")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CloudHostsIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String KNOWN = "/var/lib/slipway/hosts/known_hosts";

  private final Ec2StandIn aws = new Ec2StandIn(new CloudMachines());

  @AfterAll
  void clean() {
    for (var host : List.of("cloud-1", "cloud-2")) {
      slipway("hosts", "destroy", host, "--yes");
    }
    aws.close();
    CloudMachines.succeeds("", "bin/hosts", "down");
    for (var host : List.of("cloud-1", "cloud-2")) {
      await(
          host + " is forgotten",
          PATIENCE,
          () ->
              host(host).isMissingNode()
                  || slipway("hosts", "remove", host, "--dead").status() == 0);
    }
  }

  @Test
  @Order(1)
  void withoutCredentialsNothingIsAsked() {
    var ended =
        CloudMachines.run(
            "",
            Map.of(
                "AWS_ENDPOINT_URL_EC2", aws.url(),
                "AWS_EC2_METADATA_DISABLED", "true",
                "AWS_SHARED_CREDENTIALS_FILE", "/nonexistent",
                "AWS_CONFIG_FILE", "/nonexistent"),
            "./slipway",
            "hosts",
            "create",
            "--provider",
            "aws",
            "--type",
            "c7i.large",
            "--region",
            "eu-central-1",
            "--dry-run");
    assertEquals(3, ended.status(), ended.said());
    assertTrue(ended.said().contains("There are no AWS credentials"), ended.said());
    assertTrue(aws.calls().isEmpty());
  }

  @Test
  @Order(2)
  void aDryRunSaysWhatItWouldMakeAndWhatItCosts() {
    var told = create("--dry-run", "--json");
    assertEquals(0, told.status(), told.said());
    var plan = JSON.readTree(told.said());
    assertEquals("cloud-2", plan.path("hosts").path(1).path("name").asString());
    assertTrue(plan.path("cost").asString().contains("unknown"), told.said());
    assertTrue(aws.account().instances().isEmpty());
    var unwilling = create();
    assertEquals(2, unwilling.status(), unwilling.said());
    assertTrue(aws.account().instances().isEmpty());
  }

  /// Killed as soon as the first machine is asked for; and nobody else can do the same meanwhile.
  @Test
  @Order(3)
  void whoIsKilledGoesOnAndTheHostsJoin() throws Exception {
    var killed = start("--yes");
    await("a machine is asked for", PATIENCE, () -> !aws.account().instances().isEmpty());
    var second = create("--yes");
    assertEquals(5, second.status(), second.said());
    killed.destroyForcibly().waitFor();

    var began = System.nanoTime();
    var made = create("--yes");
    assertEquals(0, made.status(), made.said());
    Steady.note("two hosts made\t%s\t0\t0".formatted(Steady.seconds(began)));
    assertEquals(2, aws.account().instances().size());
    for (var name : List.of("cloud-1", "cloud-2")) {
      var host = host(name);
      assertEquals("ready", host.path("state").asString(), name);
      assertEquals("aws", host.path("provider").asString());
      assertEquals("pool-a", host.path("pool").asString());
    }
  }

  @Test
  @Order(4)
  void whatAwsKeepsOpensNothing() throws Exception {
    for (var instance : aws.account().alive()) {
      var data = instance.userData();
      assertFalse(data.contains("SWMTKN"), data);
      var key = data.lines().filter(line -> line.contains("ed25519_public")).findFirst();
      var first = key.orElseThrow().strip().split(" ", -1)[2];
      assertFalse(Files.readString(Path.of(KNOWN)).contains(first));
    }
    var there = slipway("hosts", "ssh", "cloud-1", "--", "hostname");
    assertEquals("cloud-1", there.said().strip());
  }

  @Test
  @Order(5)
  void theSameAgainMakesNothing() {
    var again = create("--yes", "--json");
    assertEquals(0, again.status(), again.said());
    assertEquals(2, aws.account().instances().size());
  }

  @Test
  @Order(6)
  void theyTakeDynosAndAreEmptiedBeforeTheyEnd() throws Exception {
    try (var app = FaultApp.serving("cloud")) {
      var six = Api.json(Map.of("quantity", 6));
      assertEquals(200, Api.call("PATCH", app.path("formation/web"), six).status());
      await("dynos are there", PATIENCE, () -> host("cloud-1").path("dynos").asInt() > 0);
      app.settle();
      try (var load = Steady.withSlowRequests("host destroyed", app)) {
        var ended = slipway("hosts", "destroy", "cloud-1", "--yes");
        assertEquals(0, ended.status(), ended.said());
        load.assertNothingLost();
      }
      assertTrue(host("cloud-1").isMissingNode());
      assertEquals(1, aws.account().alive().size());
      assertEquals(2, aws.account().shared().size());
    }
  }

  @Test
  @Order(7)
  void theLastOneTakesWhatTheyShared() throws Exception {
    var manager = slipway("hosts", "destroy", hosts().path(0).path("name").asString(), "--yes");
    assertEquals(5, manager.status(), manager.said());
    var ended = slipway("hosts", "destroy", "cloud-2", "--yes");
    assertEquals(0, ended.status(), ended.said());
    assertTrue(aws.account().alive().isEmpty());
    assertEquals(List.of(), aws.account().shared());
    var gone = slipway("hosts", "destroy", "cloud-2", "--yes");
    assertEquals(4, gone.status(), gone.said());
  }

  private JsonNode host(String name) {
    return hosts()
        .valueStream()
        .filter(host -> host.path("name").asString().equals(name))
        .findFirst()
        .orElse(MissingNode.getInstance());
  }

  private JsonNode hosts() {
    return JSON.readTree(slipway("hosts", "--json").said());
  }

  private Ended create(String... options) {
    return slipway(createCommand(options));
  }

  private Process start(String... options) throws Exception {
    var command = new ArrayList<>(List.of("./slipway"));
    command.addAll(Arrays.asList(createCommand(options)));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment());
    return builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static String[] createCommand(String... options) {
    var words =
        new ArrayList<>(
            List.of("hosts", "create", "--provider", "aws", "--type", "c7i.large", "--count", "2"));
    words.addAll(List.of("--region", "eu-central-1", "--name", "cloud", "--pool", "pool-a"));
    words.addAll(Arrays.asList(options));
    return words.toArray(String[]::new);
  }

  private Ended slipway(String... arguments) {
    var command = new ArrayList<>(List.of("./slipway"));
    command.addAll(Arrays.asList(arguments));
    return CloudMachines.run("", environment(), command.toArray(String[]::new));
  }

  private Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL_EC2",
        aws.url(),
        "AWS_ACCESS_KEY_ID",
        Ec2StandIn.ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY",
        "secret",
        "AWS_EC2_METADATA_DISABLED",
        "true");
  }
}
