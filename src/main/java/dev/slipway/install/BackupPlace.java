package dev.slipway.install;

import dev.slipway.objects.StoreChoice;
import dev.slipway.objects.StoreSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// Where databases have their backups, as control reads it.
record BackupPlace(Home home, Clock clock) {
  /// What is chosen now.
  StoreChoice choice() {
    return StoreChoice.read(file());
  }

  /// Chooses a store, or null for the databases' own hosts. Another key for the same place is no
  /// other choice: the backups that are there go on to be good.
  void choose(@Nullable StoreSettings store) {
    var before = choice();
    var since =
        before.inStore().map(StoreSettings::place).equals(placeOf(store))
            ? before.since()
            : clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Home.writePrivate(file(), new StoreChoice(since, store).written());
  }

  private static java.util.Optional<dev.slipway.objects.StorePlace> placeOf(
      @Nullable StoreSettings store) {
    return java.util.Optional.ofNullable(store).map(StoreSettings::place);
  }

  Path file() {
    return home.secret("store-backups");
  }
}
