package dev.slipway.safekeeping;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.AppId;
import dev.slipway.core.ReleaseVersion;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.objects.StoreChoice;
import dev.slipway.release.ConfigVars;
import dev.slipway.release.Release;
import dev.slipway.rollout.StepObserver;
import dev.slipway.testing.Control;
import dev.slipway.testing.FakeEngine;
import dev.slipway.testing.ManualClock;
import dev.slipway.testing.S3StandIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Copies of a real control's directory: what is restored is what there was.
class CopiesTest {
  private static final Secret KEY = new Secret("a-key-for-tests-only");

  @TempDir Path machine;
  private final ManualClock clock = new ManualClock();
  private Path home;
  private Copies copies;
  private Control control;

  @BeforeEach
  void start() throws IOException {
    home = Files.createDirectories(machine.resolve("home"));
    control = new Control(home, new FakeEngine(), StepObserver.NONE);
    write("secrets/keyset.json", Files.readString(home.resolve("keyset.json")));
    write("secrets/state-key", KEY.reveal() + "\n");
    write("secrets/api-key", "the-key-of-the-api");
    write("git/one.git/HEAD", "ref: refs/heads/main");
    write("git/one.git/objects/ab/cdef", "an object");
    write("registry/htpasswd", "slipway:hash");
    Files.setPosixFilePermissions(
        home.resolve("registry/htpasswd"), PosixFilePermissions.fromString("rw-r--r--"));
    write("tls/ca.key", "the authority's");
    write("tls/control.key", "made anew by up");
    write("logs/one.log", "not kept");
    write("made-by-up", "of this machine");
    copies = new Copies(home, clock);
  }

  private void write(String name, String content) throws IOException {
    var file = home.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  @AfterEach
  void stop() {
    control.close();
  }

  private Path newest() {
    return home.resolve("backups/control").resolve(copies.names().getFirst());
  }

  @Test
  void anotherMachineHasEveryAppReleaseAndConfigVar() throws IOException {
    var app = control.app("orders");
    control.release(app, Map.of("web", "serve"), ConfigVars.NONE.with(Map.of("TOKEN", "hush")));
    var made = copies.make();
    assertEquals("1 apps, 2 releases, 7 files", made.holds());
    assertFalse(Files.readString(newest(), ISO_8859_1).contains("orders"));

    var other = machine.resolve("other");
    var contents = new Restoration(other).restore(newest(), KEY);
    assertEquals(1, contents.apps());
    assertEquals("the-key-of-the-api", Files.readString(other.resolve("secrets/api-key")));
    assertEquals("an object", Files.readString(other.resolve("git/one.git/objects/ab/cdef")));
    assertEquals("rwxr-xr-x", mode(other.resolve("registry")));
    assertEquals("rw-r--r--", mode(other.resolve("registry/htpasswd")));
    assertEquals("rwx------", mode(other.resolve("secrets")));
    for (var left : List.of("tls/control.key", "logs", "made-by-up", "restoring")) {
      assertFalse(Files.exists(other.resolve(left)), left);
    }
    Files.copy(other.resolve("secrets/keyset.json"), other.resolve("keyset.json"));
    try (var restored = new Control(other, new FakeEngine(), StepObserver.NONE)) {
      var same = restored.apps().get("orders");
      assertEquals(app.id(), same.id());
      assertEquals(versions(control, app.id()), versions(restored, same.id()));
      assertEquals("hush", value(restored, same.id()));
    }
  }

  private static List<ReleaseVersion> versions(Control of, AppId app) {
    return of.releases().list(app).stream().map(Release::version).toList();
  }

  private static String value(Control restored, AppId app) {
    return requireNonNull(restored.releases().current(app).config().values().get("TOKEN")).reveal();
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void nothingIsRestoredOverAnInstallationOrWithAnotherKey() throws IOException {
    control.app("orders");
    copies.make();
    assertThrows(UserError.class, () -> new Restoration(home).restore(newest(), KEY));
    var other = machine.resolve("other");
    var error =
        assertThrows(
            UserError.class, () -> new Restoration(other).restore(newest(), new Secret("wrong")));
    assertTrue(error.problem().sentence().contains("key does not fit"), error.toString());
    try (var left = Files.list(other)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void aCopyThatIsNotWholeIsFoundOut() throws IOException {
    copies.make();
    assertEquals("", copies.drill().problem());
    var bytes = Files.readAllBytes(newest());
    bytes[bytes.length / 2] ^= 4;
    Files.write(newest(), bytes);
    assertThrows(UserError.class, copies::drill);
    assertTrue(copies.report().problem(clock.instant()).orElse("").contains("can't be read"));
    Files.write(newest(), List.of("half of it"));
    assertThrows(UserError.class, copies::drill);
    clock.pass(Duration.ofSeconds(2));
    copies.make();
    assertTrue(copies.report().problem(clock.instant()).isEmpty());
  }

  @Test
  void aCopyThatWasCutOffIsFoundOut() throws IOException {
    copies.make();
    var bytes = Files.readAllBytes(newest());
    Files.write(newest(), java.util.Arrays.copyOf(bytes, bytes.length - 1));
    assertThrows(UserError.class, copies::drill);
  }

  @Test
  void sevenAreKept() {
    for (var i = 0; i < 9; i++) {
      copies.make();
      clock.pass(Duration.ofHours(24));
    }
    assertEquals(7, copies.names().size());
    assertEquals("control-20261203T120000Z.state", copies.names().getFirst());
  }

  @Test
  void nightlyAndAgainAnHourAfterAFailure() throws IOException {
    var rounds = new CopyRounds(copies, () -> {}, clock);
    rounds.visit();
    rounds.visit();
    assertEquals(1, copies.names().size());
    clock.set("2026-11-26T02:29:00Z");
    rounds.visit();
    assertEquals(1, copies.names().size());
    clock.set("2026-11-26T02:31:00Z");
    Files.delete(home.resolve("secrets/state-key"));
    rounds.visit();
    assertTrue(copies.report().problem(clock.instant()).isPresent());
    write("secrets/state-key", KEY.reveal());
    rounds.visit();
    assertEquals(1, copies.names().size());
    clock.pass(Duration.ofMinutes(61));
    rounds.visit();
    assertEquals(2, copies.names().size());
    assertTrue(copies.report().problem(clock.instant()).isEmpty());
    clock.pass(Duration.ofHours(27));
    assertTrue(copies.report().problem(clock.instant()).orElse("").contains("is of 2026-11-26"));
  }

  @Test
  void noneYetIsAProblemAfterADay() throws IOException {
    var now = Instant.now();
    assertTrue(copies.report().problem(now).isEmpty());
    var later = copies.report().problem(now.plus(Duration.ofHours(27)));
    assertTrue(later.orElse("").contains("there is no copy"), later.toString());
  }

  @Test
  void theyAreKeptWhereBackupsAre() throws IOException {
    var objects = Files.createDirectories(machine.resolve("s3"));
    try (var store = S3StandIn.start(objects, "127.0.0.1")) {
      var choice = new StoreChoice(clock.instant(), store.settings("slipway"));
      write("secrets/store-backups", choice.written());
      var made = copies.make();
      assertEquals("s3://" + S3StandIn.BUCKET + "/slipway", made.place());
      assertEquals(List.of(made.name()), copies.names());
      assertFalse(Files.exists(home.resolve("backups/control").resolve(made.name())));
      assertEquals("", copies.drill().problem());
      var other = machine.resolve("other");
      new Restoration(other).restoreNewest(store.settings("slipway"), KEY);
      assertEquals("the-key-of-the-api", Files.readString(other.resolve("secrets/api-key")));
      assertFalse(Files.exists(other.resolve("restoring.state")));
      store.stop();
      clock.pass(Duration.ofSeconds(2));
      assertThrows(UserError.class, copies::make);
    }
  }
}
