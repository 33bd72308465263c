package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.objects.StoreSettings;
import dev.slipway.safekeeping.Contents;
import dev.slipway.safekeeping.Copies;
import dev.slipway.safekeeping.CopyReport;
import dev.slipway.safekeeping.Restoration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.Function;

/// Copies of control's state, as the command has them made, tried and restored on this machine.
public final class StateCopies {
  private final Home home;
  private final Copies copies;

  StateCopies(Home home) {
    this.home = home;
    this.copies = new Copies(home.directory(), Clock.systemUTC());
  }

  /// Makes a copy and tries it.
  public CopyReport make() {
    requireInstallation();
    return copies.make();
  }

  /// Tries the newest copy.
  public CopyReport drill() {
    requireInstallation();
    return copies.drill();
  }

  /// The names of the copies that there are, the newest first.
  public List<String> names() {
    requireInstallation();
    return copies.names();
  }

  /// Where they are.
  public String place() {
    return copies.place();
  }

  /// How the copies are.
  public CopyReport report() {
    return copies.report();
  }

  /// What a copy is restored with.
  public Secret key() {
    requireInstallation();
    return new Secret(Secrets.read(Copies.keyFile(home.directory())));
  }

  private void requireInstallation() {
    if (!Files.isReadable(Copies.keyFile(home.directory()))) {
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              "Slipway is not up on this machine",
              null,
              "Run `./slipway up` first."));
    }
  }

  /// Puts a copy into the place of an installation that there is not yet.
  ///
  /// @return what there is now, for people
  public String restore(Path copy, Secret key) {
    return restored(restoration -> restoration.restore(copy, key));
  }

  /// The same with the newest copy of a store.
  public String restoreNewest(StoreSettings store, Secret key) {
    return restored(restoration -> restoration.restoreNewest(store, key));
  }

  private String restored(Function<Restoration, Contents> work) {
    try (var _ = MachineLock.take()) {
      var contents = work.apply(new Restoration(home.directory()));
      var authority = new CertificateAuthority(home, Up.hostName());
      return contents.text()
          + ", as of "
          + contents.madeAt()
          + (authority.leaveToAnotherHost()
              ? "; clients must trust a new authority, as this machine has another name"
              : "");
    }
  }
}
