package dev.slipway.engine;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.DynoName;
import dev.slipway.engine.DynoState.Life;
import dev.slipway.engine.DynoState.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;

/// What a dyno is doing, read of its service's tasks.
class TaskReadingTest {
  private static final String APP = "a2b9c9be-9f8e-4f0e-9a4e-2d6f0b3f0a01";

  @Test
  void theNewestTaskIsTheDynoAndThoseThatEndedAreItsCrashes() {
    var states =
        read(
            task("2026-11-30T10:00:02Z", "running", "\"Message\":\"started\"", "10.1.0.9/14"),
            task("2026-11-30T10:00:00Z", "failed", ended(3), "10.1.0.7/14"),
            task("2026-11-30T10:00:01Z", "failed", ended(4), "10.1.0.8/14"));
    assertEquals(1, states.size());
    var dyno = states.getFirst();
    assertEquals(DynoName.of("web.1"), dyno.dyno());
    assertTrue(dyno.running());
    assertEquals(2, dyno.crashes());
    assertEquals(new Phase.Ended(4, true, "task: non-zero exit"), dyno.lastEnd());
    assertEquals("10.1.0.9", dyno.address());
    var began = Instant.parse("2026-11-30T10:00:01Z");
    assertEquals(new Life(began, began, true), dyno.lastLife());
  }

  @Test
  void whatSwarmStoppedItselfIsNoCrash() {
    var dyno = read(task("2026-11-30T10:00:00Z", "shutdown", ended(143), "10.1.0.7/14")).getFirst();
    assertFalse(requireNonNull(dyno.lastLife()).crashed());
    var missing = task("2026-11-30T10:00:00Z", "rejected", "\"Err\":\"No such image\"", "");
    assertFalse(requireNonNull(read(missing).getFirst().lastLife()).crashed());
  }

  @Test
  void theOrderOfTasksIsNoMatter() {
    var old = task("2026-11-30T10:00:00Z", "failed", ended(3), "10.1.0.7/14");
    var now = task("2026-11-30T10:00:02Z", "running", "\"Message\":\"started\"", "10.1.0.9/14");
    assertEquals(read(old, now), read(now, old));
  }

  @Test
  void aTaskWithoutAPlaceWaits() {
    var waiting = "\"Err\":\"no suitable node (insufficient resources on 3 nodes)\"";
    var dyno = read(task("2026-11-30T10:00:00Z", "pending", waiting, "")).getFirst();
    var why = "no suitable node (insufficient resources on 3 nodes)";
    assertEquals(new Phase.Waiting(why), dyno.phase());
    assertNull(dyno.address());
    assertNull(dyno.container());
    assertEquals(0, dyno.crashes());
  }

  /// So Docker 20.10 leaves a task that had no place when its service's constraints changed.
  @Test
  void aTaskThatWasReplacedBeforeItBeganIsNoCrash() {
    var replaced = "\"Message\":\"pending task scheduling\"";
    var dyno =
        read(
                task("2026-11-30T10:00:00Z", "shutdown", replaced, ""),
                task("2026-11-30T10:00:01Z", "running", "\"Message\":\"started\"", "10.1.0.9/14"))
            .getFirst();
    assertTrue(dyno.running());
    assertEquals(0, dyno.crashes());
    assertNull(dyno.lastEnd());
    var alone = read(task("2026-11-30T10:00:00Z", "shutdown", replaced, "")).getFirst();
    assertEquals(new Phase.Starting(), alone.phase());
  }

  @Test
  void aTaskWhoseImageIsMissingCrashed() {
    var rejected = "\"Err\":\"No such image\"";
    var dyno = read(task("2026-11-30T10:00:00Z", "rejected", rejected, "")).getFirst();
    assertEquals(new Phase.Ended(0, true, "No such image"), dyno.lastEnd());
  }

  @Test
  void anAnswerThatBreaksOffIsNotTakenForAllTasks() {
    var whole = task("2026-11-30T10:00:00Z", "running", "\"Message\":\"started\"", "10.1.0.9/14");
    var cut = "[" + whole + "," + whole.substring(0, whole.length() / 2);
    assertThrows(JacksonException.class, () -> parse(cut, _ -> {}));
    assertThrows(JacksonException.class, () -> parse("[" + whole, _ -> {}));
    assertThrows(IllegalStateException.class, () -> parse("", _ -> {}));
    assertThrows(IllegalStateException.class, () -> parse("{\"message\":\"no\"}", _ -> {}));
  }

  @Test
  void whatTheEngineLeavesOutIsEmpty() {
    var tasks = new ArrayList<Task>();
    parse(
        "[{},{\"Spec\":null,\"Status\":{\"ContainerStatus\":null},\"NetworksAttachments\":null}]",
        tasks::add);
    assertEquals(2, tasks.size());
    assertEquals(tasks.getFirst(), tasks.getLast());
    assertEquals(0, tasks.getFirst().reserved());
    assertNull(tasks.getFirst().status().container());
  }

  @Test
  void whatItsMemoryIsReservedOnIsTheNode() {
    var tasks = new ArrayList<Task>();
    parse("[" + task("2026-11-30T10:00:00Z", "running", "\"Message\":\"\"", "") + "]", tasks::add);
    assertEquals("n", tasks.getFirst().node());
    assertEquals(536_870_912, tasks.getFirst().reserved());
    assertTrue(tasks.getFirst().isMeantToRun());
  }

  private static String ended(int status) {
    return "\"Err\":\"task: non-zero exit\",\"ContainerStatus\":{\"ContainerID\":\"c\",\"ExitCode\":%d}"
        .formatted(status);
  }

  private static List<DynoState> read(String... tasks) {
    var reading = new TaskReading("slipway-dynos");
    parse("[" + String.join(",", tasks) + "]", reading::add);
    return reading.states();
  }

  private static void parse(String json, Consumer<Task> consumer) {
    try (var parser = DockerApi.JSON.createParser(json)) {
      new TaskParser(parser).each(consumer);
    }
  }

  private static String task(String created, String state, String status, String address) {
    return """
    {"ID":"x","CreatedAt":"%s","Spec":{"ContainerSpec":{"Env":["A=b"],"Labels":{"slipway.app":"%s",
     "slipway.dyno":"web.1","slipway.service":"a2b9-web-1-g1"}},"Resources":{"Limits":{"MemoryBytes":9},
     "Reservations":{"MemoryBytes":536870912}}},"ServiceID":"s","NodeID":"n","DesiredState":"running",
     "Status":{"Timestamp":"%s","State":"%s",%s},"NetworksAttachments":[
     {"Network":{"Spec":{"Name":"ingress"}},"Addresses":["10.0.0.3/24"]},
     {"Network":{"Spec":{"Name":"slipway-dynos"}},"Addresses":["%s"]}]}\
    """
        .formatted(created, APP, created, state, status, address);
  }
}
