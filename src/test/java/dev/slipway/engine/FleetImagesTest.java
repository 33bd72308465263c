package dev.slipway.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.Secret;
import dev.slipway.engine.Engine.Crowded;
import dev.slipway.engine.Engine.Unpulled;
import dev.slipway.image.ImageReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Images on this host, on another one, and on a third whose agent is silent.
@Timeout(30)
class FleetImagesTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final ImageReference IMAGE = image("a");
  private static final ImageReference OTHER = image("b");
  private static final String INSPECT = "GET /images/" + IMAGE.onHost() + "/json";
  private static final String PULL = "POST /images/create";
  private static final long GB = 1L << 30;

  @TempDir Path directory = Path.of("");
  private final Map<String, HostFigures> figures = new HashMap<>();
  private ScriptedDocker own;
  private ScriptedDocker there;
  private SwarmEngine engine;

  @BeforeEach
  void start() throws Exception {
    own = new ScriptedDocker(directory.resolve("own"));
    there = new ScriptedDocker(directory.resolve("there"));
    own.answers("GET /info", "{\"Swarm\":{\"NodeID\":\"n1\"}}");
    own.answers("GET /nodes", nodes(node("n1", ""), node("n2", "web"), node("n3", "silent")));
    engine = new SwarmEngine(own.api(), hosts(), "dynos", new Secret("password"));
  }

  @AfterEach
  void stop() throws Exception {
    own.close();
    there.close();
  }

  @Test
  void onlyHostsThatLackTheImagePullIt() {
    own.answers(INSPECT, "{\"Id\":\"i\"}");
    there.answers(PULL, "");
    assertEquals(
        List.of(new Unpulled("host-n3", "its agent is silent")), engine.pull(IMAGE, null, LIMIT));
    assertFalse(own.calls().contains(PULL));
    assertTrue(there.calls().contains(PULL));
  }

  @Test
  void onlyHostsOfThePoolPullIt() {
    there.answers(PULL, "");
    assertEquals(List.of(), engine.pull(IMAGE, "web", LIMIT));
    assertFalse(own.calls().contains(INSPECT));
  }

  @Test
  void aPullThatFailsOrTakesTooLongIsTold() {
    own.answers(PULL, "{\"error\":\"no space left on device\"}\n");
    there.hang();
    var missed =
        engine.pull(IMAGE, null, Duration.ofSeconds(2)).stream()
            .collect(Collectors.toMap(Unpulled::host, Unpulled::why));
    assertTrue(
        missed.getOrDefault("host-n1", "").contains("no space left on device"), missed::toString);
    assertEquals("it took too long", missed.get("host-n2"));
  }

  @Test
  void imagesOfAllHostsAreKnownAndLeaveEach() {
    own.answers("GET /images/json", images(IMAGE));
    there.answers("GET /images/json", images(IMAGE, OTHER));
    assertEquals(Set.of(IMAGE, OTHER), engine.images());
    engine.removeImage(OTHER);
    var delete = "DELETE /images/" + OTHER.onHost();
    assertTrue(own.calls().contains(delete) && there.calls().contains(delete));
  }

  @Test
  void aHostIsCrowdedByWhatImagesTakeTogetherOrByAFullDisk() {
    for (var docker : List.of(own, there)) {
      docker.answers("GET /images/json", images(IMAGE, OTHER));
      docker.answers(
          "GET /system/df",
          "{\"Volumes\": [%s,%s]}"
              .formatted(volume("slipway-registry", GB), volume("somebody-elses", 9 * GB)));
      for (var image : List.of(IMAGE, OTHER)) {
        docker.answers(
            "GET /images/" + image.onHost() + "/history",
            "[%s,%s]".formatted(layer("COPY " + image.digest(), GB), layer("the base", 3 * GB)));
      }
    }
    figures.put("n1", disk(10 * GB, 30 * GB));
    figures.put("n2", disk(10 * GB, 30 * GB));
    assertEquals(List.of(), engine.crowded());
    figures.put("n1", disk(10 * GB, 29 * GB));
    figures.put("n2", disk(99 * GB, 100 * GB));
    assertEquals(
        List.of(
            new Crowded("host-n1", "images and build cache take 6.0 of its 29.0 GB of disk"),
            new Crowded("host-n2", "1.0 GB of its disk are free")),
        engine.crowded());
    assertEquals(
        Optional.of("images and build cache take 6.0 of its 29.0 GB of disk"),
        engine.crowdedHere());
  }

  private static String volume(String name, long size) {
    return "{\"Name\": \"%s\", \"UsageData\": {\"Size\": %d}}".formatted(name, size);
  }

  private HostEngines hosts() {
    return new HostEngines() {
      @Override
      public Optional<DockerApi> of(String node) {
        return node.equals("n2") ? Optional.of(there.api()) : Optional.empty();
      }

      @Override
      public Optional<HostFigures> figures(String node) {
        return Optional.ofNullable(figures.get(node));
      }
    };
  }

  private static HostFigures disk(long used, long total) {
    return new HostFigures(0, 0, 0, used, total, 0);
  }

  private static String layer(String by, long size) {
    return "{\"CreatedBy\":\"%s\",\"Created\":1,\"Size\":%d}".formatted(by, size);
  }

  private static ImageReference image(String digit) {
    return new ImageReference("app", "sha256:" + digit.repeat(64));
  }

  private static String images(ImageReference... images) {
    return List.of(images).stream()
        .map(image -> "{\"RepoDigests\":[\"%s\"]}".formatted(image.onHost()))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String nodes(String... nodes) {
    return "[" + String.join(",", nodes) + "]";
  }

  private static String node(String id, String pool) {
    return """
    {"ID":"%s","Spec":{"Role":"worker","Labels":{"slipway.open":"yes","slipway.pool":"%s"}},
     "Description":{"Hostname":"host-%s"},"Status":{"State":"ready"}}
    """
        .formatted(id, pool, id);
  }
}
