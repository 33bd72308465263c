package dev.slipway.api;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.deploy.BuildStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real git client pushes to the real server.
class GitPushTest {
  private @TempDir Path home;
  private TestApi api;
  private Path work;

  private record Outcome(int exit, String text) {}

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Files.exists(Path.of("/usr/bin/git")), "skipped: git is not installed");
    api = new TestApi(home);
    api.send("POST", "/apps", "{\"name\":\"orders\"}");
    work = Files.createDirectory(home.resolve("work"));
    git("init", "-q", "-b", "main");
    Files.writeString(work.resolve("app.js"), "one");
    Files.writeString(work.resolve("run"), "#!/bin/sh");
    assertTrue(work.resolve("run").toFile().setExecutable(true));
    Files.createSymbolicLink(work.resolve("link"), Path.of("app.js"));
    commit();
  }

  @AfterEach
  void stop() {
    if (api != null) {
      api.close();
    }
  }

  @Test
  void mainIsBuiltBeforeItMoves() throws Exception {
    var pushed = push("main");
    assertEquals(0, pushed.exit(), pushed.text());
    for (var line :
        List.of(
            "remote: Building source:",
            "remote: -----> Building on the fake stack",
            "remote:        Released v2",
            "remote: Verifying deploy... done.",
            "main -> main")) {
      assertTrue(pushed.text().contains(line), pushed.text());
    }
    assertEquals(List.of(List.of("app.js", "link", "run*")), api.operations.built);
    assertTrue(push("main").text().contains("Everything up-to-date"));
    assertEquals(1, api.operations.built.size());
    try (var left = Files.list(home.resolve("builds"))) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void aBuildThatFailsRefusesThePush() throws Exception {
    Files.writeString(work.resolve("fail"), "");
    commit();
    var refused = push("main");
    assertEquals(1, refused.exit());
    assertTrue(refused.text().contains("main -> main (pre-receive hook declined)"));
    assertTrue(refused.text().contains("!\tPush rejected to orders."), refused.text());
    Files.delete(work.resolve("fail"));
    commit();
    assertEquals(0, push("main").exit());
  }

  @Test
  void otherBranchesAreKeptWithoutABuild() throws Exception {
    var pushed = push("main:feature");
    assertEquals(0, pushed.exit());
    assertTrue(pushed.text().contains("Pushed to non-master branch, skipping build."));
    assertEquals(0, api.operations.built.size());
    assertEquals(0, push(":feature").exit());
    assertEquals(0, push("main:master").exit());
    var both = push("main:main", "main~0:refs/heads/x", "+main:refs/heads/master");
    assertEquals(0, both.exit(), both.text());
    assertEquals(1, push(":main").exit());
  }

  @Test
  void strangersAreAskedForTheKey() throws Exception {
    var url = api.url() + "/orders.git";
    assertTrue(git("push", url, "main").text().contains("could not read Username"));
    var wrong = git("push", url.replace("//", "//x:wrong@"), "main");
    assertTrue(wrong.text().contains("Authentication failed"), wrong.text());
    var other = url.replace("//", "//x:" + TestApi.OTHER_KEY + "@");
    assertTrue(git("push", other, "main").text().contains("not found"));
    assertEquals(0, api.operations.built.size());
  }

  @Test
  void aSecondPushMeanwhileIsRefused() throws Exception {
    Files.writeString(work.resolve("slow"), "");
    commit();
    var first = start("push", url(), "main");
    waitForBuild();
    var second = push("main");
    assertEquals(1, second.exit());
    assertTrue(second.text().contains("Another push to orders is being built."), second.text());
    assertTrue(first.waitFor(20, TimeUnit.SECONDS));
    assertEquals(0, first.exitValue());
    assertEquals(1, api.operations.built.size());
  }

  @Test
  void aClientThatGoesAwayEndsNothing() throws Exception {
    Files.writeString(work.resolve("slow"), "");
    commit();
    var push = start("push", url(), "main");
    waitForBuild();
    push.descendants().forEach(ProcessHandle::destroyForcibly);
    push.destroyForcibly();
    var app = api.apps.get("orders").id();
    await(
        "the build's end",
        () -> api.operations.builds(app).getFirst().status() == BuildStatus.SUCCEEDED);
    Thread.sleep(300);
    assertTrue(push("main").text().contains("Everything up-to-date"));
  }

  @Test
  void linksThatLeaveTheTreeAreRefused() throws Exception {
    Files.createSymbolicLink(work.resolve("evil"), Path.of("/etc/passwd"));
    commit();
    var refused = push("main");
    assertEquals(1, refused.exit());
    assertTrue(refused.text().contains("link that leaves the source tree"), refused.text());
  }

  @Test
  void aLargePushIsBuilt() throws Exception {
    var bytes = new byte[8 * 1024 * 1024];
    new java.util.Random(1).nextBytes(bytes);
    Files.write(work.resolve("large"), bytes);
    commit();
    assertEquals(0, push("main").exit());
  }

  /// By JGit itself, after fifty packs and with an hour's patience; here after five, and at once.
  @Test
  void manyPushesArePackedAnew() throws Exception {
    for (var count = 0; count < 8; count++) {
      Files.writeString(work.resolve("app.js"), "version " + count);
      commit();
      assertEquals(0, push("main:feature").exit());
      configure("gc.autoPackLimit", "5");
      configure("gc.prunePackExpire", "now");
    }
    await("fewer packs", () -> packs() <= 5);
    assertTrue(push("main:feature").text().contains("Everything up-to-date"));
  }

  private void configure(String name, String value) throws Exception {
    git("config", "--file", repository().resolve("config").toString(), name, value);
  }

  private Path repository() {
    return home.resolve("git").resolve(api.apps.get("orders").id() + ".git");
  }

  private long packs() {
    try (var files = Files.list(repository().resolve("objects/pack"))) {
      return files.filter(file -> file.toString().endsWith(".pack")).count();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void whatWasPushedCanBeCloned() throws Exception {
    push("main:master");
    var clone = home.resolve("clone");
    assertEquals(0, git("clone", "-q", url(), clone.toString()).exit());
    assertEquals("one", Files.readString(clone.resolve("app.js")));
    assertFalse(git("ls-remote", url()).text().isEmpty());
  }

  private void waitForBuild() {
    await("a build", () -> !api.operations.built.isEmpty());
  }

  private String url() {
    return api.url().replace("//", "//x:" + TestApi.KEY + "@") + "/orders.git";
  }

  private Outcome push(String... refs) throws Exception {
    var arguments = new ArrayList<>(List.of("push", url()));
    arguments.addAll(Arrays.asList(refs));
    return git(arguments.toArray(new String[0]));
  }

  private void commit() throws Exception {
    git("add", "-A");
    git("-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "change");
  }

  private Outcome git(String... arguments) throws Exception {
    var process = start(arguments);
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return new Outcome(process.exitValue(), text);
  }

  private Process start(String... arguments) throws IOException {
    var command = new ArrayList<>(List.of("git", "-C", work.toString()));
    command.addAll(Arrays.asList(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("GIT_TERMINAL_PROMPT", "0");
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    builder.environment().put("GIT_CONFIG_SYSTEM", "/dev/null");
    return builder.start();
  }
}
