package dev.slipway.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpServer;
import dev.slipway.apps.App;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.ProcessType;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.image.Credential;
import dev.slipway.image.ImageReference;
import dev.slipway.image.ImageServer;
import dev.slipway.image.ImageWriters;
import dev.slipway.release.ConfigVars;
import dev.slipway.release.Release;
import dev.slipway.rollout.StepObserver;
import dev.slipway.testing.Control;
import dev.slipway.testing.FakeEngine;
import dev.slipway.testing.FakeRouter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Images released by digest, against a server that speaks the registry's protocol.
class ImageReleasesTest {
  private static final String HELD = "sha256:" + "a".repeat(64);

  @TempDir Path home;
  private final FakeEngine engine = new FakeEngine();
  private HttpServer registry;
  private Control control;
  private FakeRouter router;
  private App app;

  @BeforeEach
  void start() throws Exception {
    control = new Control(home, engine, StepObserver.NONE);
    router = new FakeRouter(control.routers());
    app = control.app("orders");
    registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext(
        "/",
        exchange -> {
          var held = "/v2/" + app.id() + "/manifests/" + HELD;
          var found = exchange.getRequestURI().getPath().equals(held);
          exchange.getResponseHeaders().add("Docker-Content-Digest", HELD);
          exchange.sendResponseHeaders(found ? 200 : 404, -1);
          exchange.close();
        });
    registry.start();
  }

  @AfterEach
  void stop() {
    registry.stop(0);
    router.close();
    control.close();
  }

  @Test
  void anImageThatIsThereIsReleasedBesideTheOthers() throws Exception {
    control.await(
        control.release(app, Map.of("web", "serve", "worker", "work"), ConfigVars.NONE),
        Duration.ofSeconds(20));
    var release = release("web", HELD);
    assertEquals("Deployed web (aaaaaaaaaaaa)", release.description());
    var processes = release.slug().orElseThrow().processes().values().iterator();
    var web = processes.next();
    assertEquals(app.id() + "@" + HELD, web.image().toString());
    assertNull(web.command());
    assertEquals("work", processes.next().command());
    var removed = release("worker", null);
    assertEquals("Removed worker", removed.description());
    assertEquals(1, removed.slug().orElseThrow().processes().size());
  }

  @Test
  void anAppBeginsByAnImage() {
    assertEquals(1, release("web", HELD).slug().orElseThrow().processes().size());
    assertEquals(1, control.apps().formation(app.id()).getFirst().quantity());
  }

  @Test
  void oneImageForAllProcessTypesLeavesTheirCommands() throws Exception {
    assertEquals("{web=null}", commands(releaseWhole()));
    control.await(
        control.release(app, Map.of("web", "serve", "worker", "work"), ConfigVars.NONE),
        Duration.ofSeconds(20));
    var release = releaseWhole();
    assertEquals("Deployed hotfix directly", release.description());
    assertEquals("{web=serve, worker=work}", commands(release));
    release
        .slug()
        .orElseThrow()
        .processes()
        .values()
        .forEach(process -> assertEquals(app.id() + "@" + HELD, process.image().toString()));
  }

  @Test
  void whatTheImageServerGaveUpIsNotRolledBackTo() {
    var kept = release("web", HELD);
    releases().requireKept(kept);
    control.release(app, Map.of("web", "serve"), ConfigVars.NONE);
    var current = control.releases().current(app.id());
    var refused = assertThrows(UserError.class, () -> releases().requireKept(current));
    assertEquals(ErrorCode.INVALID_PARAMS, refused.problem().code());
    registry.stop(0);
    releases().requireKept(current);
  }

  private static String commands(Release release) {
    var commands = new TreeMap<String, @Nullable String>();
    release
        .slug()
        .orElseThrow()
        .processes()
        .forEach((type, process) -> commands.put(type.value(), process.command()));
    return commands.toString();
  }

  @Test
  void whatCantBeChangesNothing() {
    assertEquals(ErrorCode.NOT_FOUND, refused("web", "sha256:" + "b".repeat(64)));
    assertEquals(ErrorCode.NOT_FOUND, refused("web", "latest/../../x"));
    assertEquals(ErrorCode.NOT_FOUND, refused("web", null));
    assertEquals(1, control.releases().list(app.id()).size());
    release("web", HELD);
    assertEquals(ErrorCode.INVALID_PARAMS, refused("web", null));
  }

  private ErrorCode refused(String type, @Nullable String digest) {
    return assertThrows(UserError.class, () -> release(type, digest)).problem().code();
  }

  private Release release(String type, @Nullable String digest) {
    var changes = new TreeMap<ProcessType, Optional<String>>();
    changes.put(new ProcessType(type), Optional.ofNullable(digest));
    return releases().release(app, changes, control.account().id());
  }

  private Release releaseWhole() {
    var image = new ImageReference(app.id().toString(), HELD);
    return releases().release(app, image, "hotfix", control.account().id());
  }

  private ImageReleases releases() {
    var server =
        new ImageServer(
            URI.create("http://localhost:" + registry.getAddress().getPort()),
            new Credential("slipway", new Secret("password")));
    return new ImageReleases(
        new PushedImages(server, new ImageWriters()),
        control.releases(),
        control.changes(),
        Clock.systemUTC());
  }
}
