package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.slipway.core.Secret;
import dev.slipway.objects.StoreChoice;
import dev.slipway.objects.StoreKey;
import dev.slipway.objects.StorePlace;
import dev.slipway.objects.StoreSettings;
import dev.slipway.testing.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupPlaceTest {
  private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");

  @TempDir private Path directory;

  @Test
  void anotherPlaceBeginsNowAndAnotherKeyForTheSameDoesNot() {
    var clock = new ManualClock();
    clock.set(NOON.toString());
    var place = new BackupPlace(new Home(directory), clock);
    assertEquals(StoreChoice.NONE, place.choice());
    place.choose(store("shop", "one"));
    assertEquals(NOON, place.choice().since());
    clock.pass(Duration.ofHours(1));
    place.choose(store("shop", "two"));
    assertEquals(new StoreChoice(NOON, store("shop", "two")), place.choice());
    place.choose(store("other", "two"));
    assertEquals(NOON.plus(Duration.ofHours(1)), place.choice().since());
    clock.pass(Duration.ofHours(1));
    place.choose(null);
    assertEquals(Optional.empty(), place.choice().inStore());
    assertEquals(NOON.plus(Duration.ofHours(2)), place.choice().since());
  }

  private static StoreSettings store(String bucket, String secret) {
    var place = StorePlace.of("s3://" + bucket, "https://store.example.com", null);
    return new StoreSettings(place, new StoreKey("id", new Secret(secret)), null);
  }
}
