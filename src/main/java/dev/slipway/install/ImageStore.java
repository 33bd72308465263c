package dev.slipway.install;

import static java.util.Objects.requireNonNull;

import dev.slipway.objects.ObjectStore;
import dev.slipway.objects.StoreSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// Where the image server keeps its images: in a volume of its host, or in a store that speaks S3.
/// That is kept with the secrets, and the image server's own settings are made from it.
final class ImageStore {
  /// The image server's volume.
  static final String VOLUME = "slipway-registry";

  /// Its settings, where they are others than its image has.
  static final String SETTINGS = "config.yml";

  /// Whom it trusts.
  static final String AUTHORITIES = "authorities.crt";

  /// Below the store's prefix: other things may be kept there one day.
  static final String BELOW = "images";

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String IN_VOLUME =
      """
        filesystem:
          rootdirectory: /var/lib/registry
      """;

  private final Home home;
  private final Checkout checkout;

  ImageStore(Installation installation) {
    this(installation.home(), installation.checkout());
  }

  ImageStore(Home home, Checkout checkout) {
    this.home = home;
    this.checkout = checkout;
  }

  /// The store; empty where images are in the volume.
  Optional<StoreSettings> settings() {
    return Files.exists(secret())
        ? Optional.of(StoreSettings.read(Secrets.read(secret())))
        : Optional.empty();
  }

  /// A client of that store.
  ObjectStore open(StoreSettings settings) {
    return ObjectStore.open(settings, usualAuthorities());
  }

  /// The image server that is made from now on keeps images there.
  void use(StoreSettings settings) {
    Home.writePrivate(secret(), settings.written() + "\n");
    renew();
  }

  /// The image server that is made from now on keeps images in its volume.
  void useVolume() {
    try {
      for (var file : files()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Writes the image server's own settings again: what they are made from may have changed.
  void renew() {
    settings()
        .ifPresent(settings -> {
          var own = settings.authority() == null ? "" : settings.authority();
          Home.writePublic(home.registry(AUTHORITIES), usualAuthorities() + own + "\n");
          Home.writePublic(home.registry(SETTINGS), serverSettings(settings));
        });
  }

  /// All files that say so, whether there are any or not.
  List<Path> files() {
    return List.of(home.registry(SETTINGS), home.registry(AUTHORITIES), secret());
  }

  private String serverSettings(StoreSettings settings) {
    try {
      var usual = Files.readString(checkout.image("registry").resolve(SETTINGS));
      if (!usual.contains(IN_VOLUME)) {
        throw new IllegalStateException("the image server's settings name no volume");
      }
      return usual.replace(IN_VOLUME, inStore(settings));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// JSON is YAML too, and quotes whatever a key holds. What is pulled goes through the image
  /// server: hosts need no way to the store, and no trust in it.
  private static String inStore(StoreSettings settings) {
    var place = settings.place();
    var driver = JSON.createObjectNode();
    driver.put("bucket", place.bucket());
    driver.put("region", place.region());
    driver.put("regionendpoint", place.endpoint().toString());
    driver.put("secure", "https".equals(place.endpoint().getScheme()));
    driver.put("rootdirectory", "/" + place.key(BELOW));
    var key = settings.key();
    if (key != null) {
      driver.put("accesskey", key.id());
      driver.put("secretkey", key.secret().reveal());
    }
    return "  s3: " + driver + "\n  redirect: {disable: true}\n";
  }

  private static String usualAuthorities() {
    try {
      return Files.isReadable(SystemParts.CERTIFICATES)
          ? requireNonNull(Files.readString(SystemParts.CERTIFICATES))
          : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path secret() {
    return home.secret("store-images");
  }
}
