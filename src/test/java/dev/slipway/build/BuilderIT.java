package dev.slipway.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.build.BuildOutcome.Built;
import dev.slipway.core.ProcessType;
import dev.slipway.core.Secret;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Builds by the real builder into the real image server.
@Tag("docker")
class BuilderIT {
  @TempDir static Path files;
  private static BuilderMachine machine;

  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

  @BeforeAll
  static void start() throws Exception {
    machine = new BuilderMachine(files);
  }

  @AfterAll
  static void stop() throws Exception {
    machine.close();
  }

  @Test
  void aDockerfileMayUseWhatACurrentBuildKitHas() throws Exception {
    var built =
        built(
            machine.request(
                Map.of("GREETING", new Secret("it's\n\"two\" lines of {{ $HOME }}")),
                "Procfile",
                "worker: sleep 9\n",
                "hello.txt",
                "hello",
                "Dockerfile",
                """
                # syntax=docker/dockerfile:1
                FROM debian:trixie-slim
                ARG SOURCE_VERSION
                COPY --link hello.txt /hello.txt
                RUN --mount=type=secret,id=slipway_config <<END
                . /run/secrets/slipway_config
                printf %s "$GREETING" | sha256sum | cut -c1-16 > /seen
                cat /seen
                echo "shown: $GREETING"
                echo "version $SOURCE_VERSION"
                END
                CMD ["sleep", "5"]
                """));
    assertEquals("Docker", built.language());
    assertEquals(List.of("web", "worker"), names(built.processes()));
    assertEquals(null, process(built, ProcessType.WEB).command());
    assertEquals("sleep 9", process(built, new ProcessType("worker")).command());
    var image = process(built, ProcessType.WEB).image();
    assertEquals(List.of("sleep", "5"), machine.images.describe(image).command());
    var log = String.join("\n", lines);
    assertTrue(log.contains("version 4f2c1ab"), log);
    assertTrue(log.contains("syntax=docker/dockerfile:1' is left out"), log);
    assertFalse(log.contains("\"two\" lines"), log);
  }

  private Built built(BuildRequest request) throws InterruptedException {
    var outcome = machine.builder.build(request, lines::add);
    return assertInstanceOf(Built.class, outcome, () -> outcome + "\n" + String.join("\n", lines));
  }

  private static ProcessImage process(Built built, ProcessType type) {
    return java.util.Objects.requireNonNull(built.processes().get(type));
  }

  private static List<String> names(SortedMap<ProcessType, ProcessImage> processes) {
    return processes.keySet().stream().map(ProcessType::value).toList();
  }
}
