package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.ScriptedDocker;
import dev.slipway.engine.SwarmNodes;
import dev.slipway.testing.Ec2Account.Hardware;
import dev.slipway.testing.Ec2Account.Instance;
import dev.slipway.testing.Ec2StandIn;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is looked at before a host goes: its machine at a stand-in for EC2, its node at an engine
/// that only answers.
class HostDestructionTest {
  private static final String OURS = "installationofours1234567";
  private static final String REGION = "eu-central-1";

  private @TempDir Path directory;
  private final Ec2StandIn aws = new Ec2StandIn(Hardware.ofRecords());
  private Instance machine;
  private ScriptedDocker docker;
  private SwarmNodes nodes;

  @BeforeEach
  void start() throws Exception {
    aws.attract();
    machine = aws.account().strange(OURS, "web-1");
    new MachineNotes("web-1", "aws", REGION, "token", "ami-1", machine.id()).write(directory);
    docker = new ScriptedDocker(directory.resolve("docker"));
    docker.answers(
        "GET /info", "{\"Swarm\":{\"NodeID\":\"n0\",\"Cluster\":{\"ID\":\"" + OURS + "\"}}}");
    docker.answers("POST /nodes/n1/update", "");
    docker.answers("DELETE /nodes/n1", "");
    nodes = new SwarmNodes(docker.api());
  }

  @AfterEach
  void stop() throws Exception {
    docker.close();
    aws.close();
  }

  private void nodeIs(String state) {
    var own = node("n0", "first", "ready", "\"slipway.open\":\"yes\"");
    var mark = "\"slipway.machine\":\"aws/" + REGION + "/" + machine.id() + "\"";
    var other =
        node(
            "n1",
            "web-1",
            state,
            mark + ",\"slipway.open\":\"yes\",\"slipway.ssh\":\"ssh://root@127.0.0.1:1\"");
    docker.answers("GET /nodes", "[" + own + "," + other + "]");
    docker.answers("GET /nodes/n1", other);
  }

  private static String node(String id, String host, String state, String labels) {
    return """
    {"ID":"%s","Description":{"Hostname":"%s"},"Status":{"State":"%s","Addr":"10.0.0.9"},\
    "Version":{"Index":1},"Spec":{"Role":"worker","Labels":{%s}}}\
    """
        .formatted(id, host, state, labels);
  }

  private void require(@Nullable String region) {
    try (var installation = Installation.ofThisMachine()) {
      new HostDestruction(new Hosts(installation), nodes, directory, region)
          .require(List.of("web-1"));
    }
  }

  private Problem refused(@Nullable String region) {
    return assertThrows(UserError.class, () -> require(region)).problem();
  }

  @Test
  void aHostThatDoesNotAnswerIsNotEndedUnseen() {
    nodeIs("down");
    var problem = refused(null);
    assertEquals(ErrorCode.UNAVAILABLE, problem.code());
    assertTrue(String.valueOf(problem.hint()).contains("hosts remove web-1 --dead"));
    assertEquals(List.of(machine), aws.account().alive());
  }

  @Test
  void aHostWhoseMachineIsGoneIs() {
    nodeIs("down");
    aws.account().end(machine);
    assertDoesNotThrow(() -> require(null));
  }

  /// The way that the hint names.
  @Test
  void onceItIsForgottenAsDeadItsMachineIsFoundByTheNoteOrByItsTag() {
    nodeIs("down");
    remove(true);
    assertTrue(docker.calls().contains("DELETE /nodes/n1"));
    docker.answers("GET /nodes", "[]");
    assertDoesNotThrow(() -> require(null));
    MachineNotes.forget(directory, "web-1");
    assertEquals(ErrorCode.NOT_FOUND, refused(null).code());
    assertDoesNotThrow(() -> require(REGION));
  }

  private void remove(boolean evenDead) {
    var node =
        nodes.list().stream().filter(each -> each.isCalled("web-1")).findFirst().orElseThrow();
    var removal = new HostRemoval(nodes, directory, "web-1", node);
    removal.require(evenDead);
    Steps.run(removal.steps(), new StepDetails(_ -> {}), "again");
  }

  /// No database may come between the look and the end; and a host that stays takes dynos again.
  @Test
  void aHostIsClosedBeforeItsDataIsLookedAt() {
    nodeIs("ready");
    assertThrows(UserError.class, () -> remove(false));
    assertEquals(
        List.of("POST /nodes/n1/update", "POST /nodes/n1/update"),
        docker.calls().stream().filter(call -> call.startsWith("POST")).toList());
  }

  @Test
  void whoCouldNotLookFindsNotNothing() {
    assertEquals(0, HostData.count("web-1", new Commands.Ended(0, List.of())));
    var two = List.of("/var/lib/slipway/redis/a", "warning", "/var/lib/slipway/postgres/b");
    assertEquals(2, HostData.count("web-1", new Commands.Ended(0, two)));
    var refused =
        assertThrows(
            UserError.class, () -> HostData.count("web-1", new Commands.Ended(255, List.of())));
    assertEquals(ErrorCode.UNAVAILABLE, refused.problem().code());
  }
}
