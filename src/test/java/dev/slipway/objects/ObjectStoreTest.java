package dev.slipway.objects;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.testing.S3StandIn;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against S3Proxy, which is a stand-in for an S3-compatible store.
class ObjectStoreTest {
  @TempDir private static Path directory;
  private static S3StandIn standIn;

  @BeforeAll
  static void start() {
    standIn = S3StandIn.start(directory, "127.0.0.1");
  }

  @AfterAll
  static void stop() {
    standIn.close();
  }

  @Test
  void whatIsPutIsListedReadAndDeleted() {
    try (var store = open(standIn.settings("one"));
        var other = open(standIn.settings(""))) {
      store.put("a/b", new byte[] {1, 2, 3});
      store.put("a/c", new byte[] {});
      assertEquals(Map.of("a/b", 3L, "a/c", 0L), sizes(store.list("a/")));
      assertTrue(requireNonNull(store.list("a/b").get("a/b")).has(new byte[] {1, 2, 3}));
      assertFalse(requireNonNull(store.list("a/b").get("a/b")).has(new byte[] {1, 2, 4}));
      assertEquals(Map.of("one/a/b", 3L), sizes(other.list("one/a/b")));
      assertArrayEquals(new byte[] {1, 2, 3}, store.get("a/b"));
      store.delete("a/b");
      store.delete("a/b");
      assertEquals(Map.of("a/c", 0L), sizes(store.list("")));
    }
  }

  @Test
  void aLargeFileIsSentInPiecesAndIsTheSame() throws IOException {
    var content = new byte[13 << 20];
    new Random(1).nextBytes(content);
    var file = Files.write(directory.resolve("large"), content);
    try (var store = ObjectStore.open(standIn.settings("large"), "", 6 << 20, 5 << 20)) {
      store.put("file", file);
      assertEquals(Map.of("file", (long) content.length), sizes(store.list("")));
      var back = directory.resolve("back");
      store.get("file", back);
      assertArrayEquals(content, Files.readAllBytes(back));
    }
  }

  @Test
  void aProbeLeavesNothing() {
    try (var store = open(standIn.settings("probed"))) {
      store.probe();
      assertEquals(Map.of(), store.list(""));
    }
  }

  @Test
  void aWrongKeyIsTold() {
    var right = standIn.settings("");
    var secret = new StoreKey(standIn.key().id(), new Secret("wrong"));
    var unknown = new StoreKey("nobody", standIn.key().secret());
    for (var key : java.util.List.of(secret, unknown)) {
      var problem = problem(new StoreSettings(right.place(), key, right.authority()));
      assertTrue(
          problem.code() == ErrorCode.UNAUTHORIZED || problem.code() == ErrorCode.FORBIDDEN,
          problem.told());
      assertFalse(problem.told().contains(key.secret().reveal()), problem.told());
    }
  }

  @Test
  void aMissingBucketIsTold() {
    var right = standIn.settings("");
    var place = new StorePlace("another-bucket", "", standIn.endpoint(), "us-east-1");
    var problem = problem(new StoreSettings(place, right.key(), right.authority()));
    assertEquals(ErrorCode.NOT_FOUND, problem.code(), problem.told());
    assertTrue(problem.what().startsWith("There is no bucket another-bucket"), problem.told());
  }

  @Test
  void aStoreThatIsNotThereIsTold() {
    var right = standIn.settings("");
    var nobody = URI.create("https://127.0.0.1:9");
    var place = new StorePlace(S3StandIn.BUCKET, "", nobody, "us-east-1");
    var problem = problem(new StoreSettings(place, right.key(), null));
    assertEquals("The store at https://127.0.0.1:9 can't be reached", problem.what());
    var nameless = URI.create("https://store.invalid");
    place = new StorePlace(S3StandIn.BUCKET, "", nameless, "us-east-1");
    problem = problem(new StoreSettings(place, right.key(), null));
    assertEquals("There is no host store.invalid", problem.what());
  }

  @Test
  void aCertificateThatNobodyVouchesForIsTold() {
    var right = standIn.settings("");
    var problem = problem(new StoreSettings(right.place(), right.key(), null));
    assertTrue(problem.what().endsWith("a certificate that is trusted"), problem.told());
  }

  @Test
  void settingsAreReadAsTheyWereWritten() {
    var settings = standIn.settings("a/b");
    assertEquals(settings, StoreSettings.read(settings.written()));
    var role = new StoreSettings(settings.place(), null, null);
    assertEquals(role, StoreSettings.read(role.written()));
    assertFalse(settings.toString().contains(standIn.key().secret().reveal()));
  }

  private static Map<String, Long> sizes(Map<String, StoredObject> objects) {
    var sizes = new TreeMap<String, Long>();
    objects.forEach((name, object) -> sizes.put(name, object.size()));
    return sizes;
  }

  private static ObjectStore open(StoreSettings settings) {
    return ObjectStore.open(settings, "");
  }

  private static Problem problem(StoreSettings settings) {
    try (var store = open(settings)) {
      return assertThrows(UserError.class, store::probe).problem();
    }
  }
}
