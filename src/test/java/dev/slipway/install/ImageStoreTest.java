package dev.slipway.install;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.Secret;
import dev.slipway.objects.StoreKey;
import dev.slipway.objects.StorePlace;
import dev.slipway.objects.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class ImageStoreTest {
  private static final StorePlace PLACE =
      StorePlace.of("s3://shop/fleet", "https://store.example.com", null);

  @TempDir private Path directory;
  private Home home;
  private ImageStore store;

  @BeforeEach
  void prepare() {
    home = new Home(directory);
    store = new ImageStore(home, new Checkout(Path.of("").toAbsolutePath()));
  }

  @Test
  void theImageServersOwnSettingsNameTheStoreAndKeepAllElse() throws IOException {
    var key = new StoreKey("id", new Secret("se\"cret:{#"));
    store.use(new StoreSettings(PLACE, key, "PEM of an authority"));
    var written = (java.util.Map<?, ?>) yaml(home.registry(ImageStore.SETTINGS));
    var before = (java.util.Map<?, ?>) yaml(Path.of("images/registry/config.yml"));
    assertEquals(before.keySet(), written.keySet());
    assertEquals(before.get("auth"), written.get("auth"));
    var storage = (java.util.Map<?, ?>) requireNonNull(written.get("storage"));
    assertFalse(storage.containsKey("filesystem"));
    assertEquals(java.util.Map.of("enabled", true), storage.get("delete"));
    var driver = (java.util.Map<?, ?>) requireNonNull(storage.get("s3"));
    assertEquals("se\"cret:{#", driver.get("secretkey"));
    assertEquals("/fleet/images", driver.get("rootdirectory"));
    assertTrue(
        Files.readString(home.registry(ImageStore.AUTHORITIES)).contains("PEM of an authority"));
  }

  @Test
  void theOwnerAloneReadsTheKeyAndGoingBackLeavesNone() throws IOException {
    var key = new StoreKey("id", new Secret("secret"));
    store.use(new StoreSettings(PLACE, key, null));
    var file = home.secret("store-images");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(Optional.of(key), store.settings().map(StoreSettings::key));
    store.useVolume();
    assertEquals(Optional.empty(), store.settings());
    assertTrue(store.files().stream().noneMatch(Files::exists));
    store.renew();
    assertTrue(store.files().stream().noneMatch(Files::exists));
  }

  private static Object yaml(Path file) throws IOException {
    return new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
  }
}
