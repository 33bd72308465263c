package dev.slipway.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.ProcessType;
import dev.slipway.core.UserError;
import org.junit.jupiter.api.Test;

class HerokuYmlTest {
  @Test
  void readsImagesArgumentsAndCommands() {
    var settings =
        HerokuYml.parse(
            """
            build:
              docker:
                web: Dockerfile
                worker: {dockerfile: worker/Dockerfile, target: small}
              config: {MODE: prod, COUNT: 3}
            release:
              image: worker
              command: [./migrate, ./seed]
            run:
              web: ./serve
              clock: {command: ./tick, image: web}
            """);
    var worker = new ProcessType("worker");
    assertEquals(
        new HerokuYml.DockerImage("worker/Dockerfile", "small"), settings.imageOf(worker, null));
    assertEquals(java.util.Map.of("MODE", "prod", "COUNT", "3"), settings.arguments());
    assertEquals(
        new HerokuYml.Run("./migrate && ./seed", "worker"),
        settings.runs().get(ProcessType.RELEASE));
    assertEquals(new HerokuYml.Run("./serve", null), settings.runs().get(ProcessType.WEB));
    assertEquals("Dockerfile", settings.imageOf(new ProcessType("clock"), "web").dockerfile());
  }

  @Test
  void saysWhatShouldStandWhere() {
    var problem = assertThrows(UserError.class, () -> HerokuYml.parse("build: {docker: [web]}"));
    assertTrue(
        problem.problem().sentence().contains("build.docker should be a map"),
        problem.getMessage());
    assertThrows(UserError.class, () -> HerokuYml.parse("build: ["));
    assertThrows(UserError.class, () -> HerokuYml.parse("a: 1").imageOf(ProcessType.WEB, null));
  }
}
