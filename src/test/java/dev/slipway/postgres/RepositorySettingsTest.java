package dev.slipway.postgres;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.AccountId;
import dev.slipway.core.Secret;
import dev.slipway.objects.StoreKey;
import dev.slipway.objects.StorePlace;
import dev.slipway.objects.StoreSettings;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RepositorySettingsTest {
  private static final Secret KEY = new Secret("of the installation");
  private static final Database DATABASE =
      new Database(
          UUID.fromString("11111111-2222-3333-4444-555555555555"),
          null,
          new AccountId(UUID.randomUUID()),
          "orders-db",
          PostgresPlan.MINI,
          1,
          "node",
          Database.Stage.READY,
          "",
          List.of(),
          null,
          Instant.EPOCH,
          null,
          Seats.FIRST,
          null);

  @Test
  void withoutAStoreTheRepositoryIsADirectory() {
    var settings = RepositorySettings.of(DATABASE, KEY, Optional.empty());
    assertTrue(settings.contains("\nrepo1-path=/srv/backups\n"), settings);
    assertFalse(settings.contains("s3"), settings);
  }

  @Test
  void inAStoreEachDatabaseHasItsPlaceAndIsEncryptedByItsOwnKeyAsEver() {
    var place = StorePlace.of("s3://shop/fleet", "https://store.example.com:9000", null);
    var key = new StoreKey("id", new Secret("secret"));
    var settings = of(new StoreSettings(place, key, "PEM"));
    assertTrue(
        settings.startsWith(
            """
            [global]
            repo1-type=s3
            repo1-path=/fleet/backups/11111111-2222-3333-4444-555555555555
            repo1-s3-bucket=shop
            repo1-s3-endpoint=store.example.com
            repo1-s3-region=us-east-1
            repo1-s3-uri-style=path
            repo1-storage-port=9000
            io-timeout=15
            repo1-s3-key=id
            repo1-s3-key-secret=secret
            repo1-storage-ca-file=/srv/slipway/store-authority.crt
            repo1-cipher-type=aes-256-cbc
            """),
        settings);
  }

  @Test
  void aRoleNeedsNoKey() {
    var settings = of(new StoreSettings(StorePlace.of("s3://shop", null, "eu-west-1"), null, null));
    assertTrue(settings.contains("\nrepo1-s3-key-type=auto\nrepo1-cipher-type"), settings);
    assertTrue(settings.contains("\nrepo1-storage-port=443\n"), settings);
    assertTrue(settings.contains("\nrepo1-path=/backups/11111111-"), settings);
  }

  private static String of(StoreSettings store) {
    return RepositorySettings.of(DATABASE, KEY, Optional.of(store));
  }
}
