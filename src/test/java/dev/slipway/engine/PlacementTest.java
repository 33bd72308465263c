package dev.slipway.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ProcessType;
import dev.slipway.core.ServiceName;
import dev.slipway.image.ImageReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private static final AppId APP = AppId.of(new UUID(1, 1).toString());

  private final Placement placement = new Placement();

  @Test
  void dynosOfATypeAreSpreadOverHosts() {
    assertEquals(Map.of("a", 2L, "b", 2L, "c", 2L), place(6, node("a"), node("b"), node("c")));
  }

  @Test
  void aHostThatCameBackEmptyGetsNoMoreThanItsShare() {
    placement.saw(
        IntStream.rangeClosed(1, 8)
            .mapToObj(number -> seen(service("other", number), "a"))
            .toList());
    assertEquals(Map.of("a", 2L, "b", 2L), place(4, node("a"), node("b")));
  }

  @Test
  void zonesComeBeforeHosts() {
    var placed = place(4, node("a1", "a"), node("a2", "a"), node("b1", "b"));
    assertEquals(Map.of("a1", 1L, "a2", 1L, "b1", 2L), placed);
  }

  @Test
  void thoseThatStayCountAndThoseThatGoDoNot() {
    var stays = service("web", 1);
    placement.saw(List.of(seen(stays, "a"), seen(service("web", 9), "b")));
    var arrives = service("web", 2);
    var dyno = spec(arrives, Set.of(stays, arrives));
    assertEquals(
        "b", placement.choose(dyno, List.of(node("a"), node("b"))).orElseThrow().hostName());
  }

  @Test
  void ofEqualHostsTheOneWithFewestDynosIsTaken() {
    placement.saw(List.of(seen(service("other", 1), "a")));
    var both = Set.of(service("web", 1), service("web", 2));
    var takers = List.of(node("a"), node("b"));
    assertEquals(
        "b", placement.choose(spec(service("web", 1), both), takers).orElseThrow().hostName());
  }

  @Test
  void aDynoThatStandsAloneIsLeftToSwarm() {
    var alone = spec(service("clock", 1), Set.of());
    assertTrue(placement.choose(alone, List.of(node("a"), node("b"))).isEmpty());
  }

  @Test
  void whereThereIsOneHostThereIsNoChoice() {
    var both = Set.of(service("web", 1), service("web", 2));
    assertTrue(placement.choose(spec(service("web", 1), both), List.of(node("a"))).isEmpty());
  }

  @Test
  void whatWasNotStartedDoesNotCount() {
    var both = Set.of(service("web", 1), service("web", 2));
    var takers = List.of(node("a"), node("b"));
    var first = placement.choose(spec(service("web", 1), both), takers).orElseThrow();
    placement.forget(service("web", 1));
    assertEquals(first, placement.choose(spec(service("web", 2), both), takers).orElseThrow());
  }

  private Map<String, Long> place(int count, SwarmNodes.Node... nodes) {
    var services = IntStream.rangeClosed(1, count).mapToObj(n -> service("web", n)).toList();
    var hosts = new ArrayList<String>();
    for (var service : services) {
      var chosen = placement.choose(spec(service, Set.copyOf(services)), List.of(nodes));
      hosts.add(chosen.orElseThrow().hostName());
    }
    return hosts.stream()
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }

  private static ServiceName service(String type, int number) {
    return ServiceName.of(APP, new DynoName(new ProcessType(type), number), 1);
  }

  private static DynoSpec spec(ServiceName service, Set<ServiceName> beside) {
    return new DynoSpec(
        service,
        APP,
        DynoName.of("web.1"),
        ImageReference.of("app@sha256:" + "0".repeat(64)),
        null,
        new TreeMap<>(),
        DynoSize.STANDARD_1X,
        Duration.ofSeconds(30),
        null,
        beside);
  }

  private static DynoState seen(ServiceName service, String node) {
    return new DynoState(
        service,
        APP,
        DynoName.of("web.1"),
        false,
        new DynoState.Phase.Running(),
        0,
        null,
        null,
        null,
        null,
        node,
        Instant.EPOCH);
  }

  private static SwarmNodes.Node node(String name) {
    return node(name, "");
  }

  private static SwarmNodes.Node node(String name, String zone) {
    var labels = zone.isEmpty() ? Map.<String, String>of() : Map.of(Placement.ZONE, zone);
    return new SwarmNodes.Node(
        name, name, "10.0.0.1", true, false, false, labels, 1 << 30, 2, "20");
  }
}
