package dev.slipway.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.build.ImagePlan.Recipe.Generated;
import dev.slipway.core.ProcessType;
import dev.slipway.core.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectionTest {
  private final Detection detection =
      Detection.of(
          new NodeVersions(() ->
              new NodeVersions.Published(
                  List.of("20.1.0", "22.9.0", "22.23.3", "24.1.0", "26.0.0", "24.2.0-rc.1"),
                  List.of("10.9.9", "11.21.2", "12.2.0"))));

  @TempDir Path folder;

  @Test
  void aDockerfileBuildsAndTheProcfileNamesTheProcesses() throws IOException {
    write("Dockerfile", "FROM debian:trixie-slim\n");
    write("package.json", "{}");
    write("Procfile", "worker: ./work\nrelease: ./migrate\n");
    var plan = plan();
    assertEquals("Docker", plan.language());
    assertEquals(
        java.util.Map.of(
            ProcessType.WEB,
            new BuildPlan.Run("app", null),
            new ProcessType("worker"),
            new BuildPlan.Run("app", "./work"),
            ProcessType.RELEASE,
            new BuildPlan.Run("app", "./migrate")),
        plan.processes());
  }

  @Test
  void herokuYmlWinsOverBoth() throws IOException {
    write("Dockerfile", "FROM debian:trixie-slim\n");
    write("Procfile", "web: ./procfile\nworker: ./work\n");
    write("heroku.yml", "build: {docker: {web: Dockerfile}}\nrun: {web: ./serve}\n");
    var processes = plan().processes();
    assertEquals(new BuildPlan.Run("web", "./serve"), processes.get(ProcessType.WEB));
    assertEquals(new BuildPlan.Run("web", "./work"), processes.get(new ProcessType("worker")));
  }

  @Test
  void aLinkedDockerfileIsRefused() throws IOException {
    write("real", "FROM debian:trixie-slim\n");
    Files.createSymbolicLink(folder.resolve("Dockerfile"), Path.of("real"));
    assertThrows(UserError.class, this::plan);
  }

  @Test
  void nodeComesInTheVersionAskedFor() throws IOException {
    write("package-lock.json", "{}");
    write("package.json", "{\"engines\":{\"node\":\"22.x\"},\"scripts\":{\"start\":\"node a\"}}");
    assertEquals(
        """
        # Made by Slipway for a Node.js app. To change it, commit a Dockerfile of your own.
        FROM slipway/node:22.23.3-npm10.9.9-build AS build
        WORKDIR /app
        USER app
        ENV HOME=/app NODE_ENV=production npm_config_cache=/tmp/npm npm_config_nodedir=/usr/local \\
            npm_config_cafile=/run/secrets/slipway_ca NODE_EXTRA_CA_CERTS=/run/secrets/slipway_ca \\
            npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
        COPY --link --chown=1000:1000 package.json package-lock.json ./
        RUN --mount=type=cache,id=npm,target=/tmp/npm,uid=1000,gid=1000 \\
            --mount=type=secret,id=slipway_config,uid=1000,mode=0400 \\
            --mount=type=secret,id=slipway_ca,mode=0444 \\
            . /run/secrets/slipway_config \\
         && npm ci \\
         && mkdir -p node_modules

        FROM slipway/node:22.23.3-npm10.9.9-run
        WORKDIR /app
        ENV HOME=/app NODE_ENV=production PATH=/app/node_modules/.bin:$PATH
        COPY --link --chown=1000:1000 --from=build /app/node_modules /app/node_modules
        COPY --link --chown=1000:1000 . /app
        USER app
        CMD ["npm", "start"]
        """,
        generated(plan()).dockerfile());
    assertEquals("npm start", run(plan(), ProcessType.WEB).command());
  }

  @Test
  void nodeWithoutAVersionIsTheCurrentLongTermSupportRelease() throws IOException {
    write("package.json", "{\"scripts\":{\"start\":\"node a\"}}");
    assertEquals(new NodeImage("24.1.0", "11.21.2", true), generated(plan()).node());
  }

  @Test
  void nodeProblemsSayWhatToDo() throws IOException {
    write("package.json", "{\"engines\":{\"node\":\"99.x\"}}");
    assertTrue(message().contains("99.x"));
    write("package.json", "{");
    assertTrue(message().contains("package.json can't be read"));
    write("package.json", "{}");
    assertTrue(message().contains("Procfile"));
    write("yarn.lock", "");
    assertTrue(message().contains("yarn.lock is not supported yet"));
  }

  @Test
  void aStaticSiteIsAnIndexOrWhatItsSettingsSay() throws IOException {
    write("public/index.html", "");
    assertTrue(generated(plan()).dockerfile().contains("root /app/public;"));
    write("static.json", "{\"root\":\"out/\",\"clean_urls\":true,\"routes\":{\"/**\":\"a.html\"}}");
    var text = generated(plan()).dockerfile();
    assertTrue(text.contains("root /app/out;"), text);
    assertTrue(text.contains("try_files \\$uri \\$uri.html \\$uri/ /a.html;"), text);
    write("static.json", "{\"root\":\"../x\"}");
    assertThrows(UserError.class, this::plan);
  }

  @Test
  void nothingKnownSaysWhatWasLookedFor() throws IOException {
    write("main.rs", "");
    assertTrue(message().contains("heroku.yml with build.docker; Dockerfile; package.json"));
  }

  private String message() {
    return assertThrows(UserError.class, this::plan).problem().sentence();
  }

  private BuildPlan plan() {
    return detection.plan(new Sources(folder));
  }

  private static Generated generated(BuildPlan plan) {
    return assertInstanceOf(Generated.class, plan.images().getFirst().recipe());
  }

  private static BuildPlan.Run run(BuildPlan plan, ProcessType type) {
    return java.util.Objects.requireNonNull(plan.processes().get(type));
  }

  private void write(String name, String text) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
