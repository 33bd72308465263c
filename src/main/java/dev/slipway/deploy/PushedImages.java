package dev.slipway.deploy;

import dev.slipway.apps.App;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.ProcessType;
import dev.slipway.core.UserError;
import dev.slipway.image.ImageReference;
import dev.slipway.image.ImageServer;
import dev.slipway.image.ImageServerException;
import dev.slipway.image.ImageWriters;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// The images that docker clients push to an app and pull from it, one name a process type:
/// `APP/TYPE`. The image server has one repository an app, so that process types share their
/// layers; there the tags carry the type. Thread-safe.
public final class PushedImages {
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final String LATEST = "latest";
  private static final Set<String> READING = Set.of("GET", "HEAD");

  private final ImageServer images;
  private final ImageWriters writers;

  /// The images that the server holds.
  public PushedImages(ImageServer images, ImageWriters writers) {
    this.images = images;
    this.writers = writers;
  }

  /// The image of an app that a digest names: that of its manifest, as `docker push` prints it, or
  /// the image's id, which `heroku container:release` sends; the id must be that of what was pushed
  /// for the process type last.
  Optional<ImageReference> find(App app, ProcessType type, String digest) {
    if (!DIGEST.matcher(digest).matches()) {
      return Optional.empty();
    }
    var repository = repository(app);
    return asking(() ->
        images
            .findById(repository, tag(type, LATEST), digest)
            .or(() -> images.find(repository, digest)));
  }

  /// Whether the image server has an image; yes where it can't be asked, since hosts may have it.
  boolean mayHave(ImageReference image) {
    try {
      return images.find(image.repository(), image.digest()).isPresent();
    } catch (ImageServerException away) {
      return true;
    }
  }

  /// Passes a request for a manifest on to the app's repository.
  ///
  /// @param reference a tag or a digest
  public HttpResponse<InputStream> manifest(
      App app, ProcessType type, String reference, Transfer transfer) {
    var own = reference.contains(":") ? reference : tag(type, reference);
    return pass(app, "manifests/" + own, transfer);
  }

  /// Passes a request for a layer, or for a part of an upload, on to the app's repository.
  ///
  /// @param path what follows `blobs/`, with the query
  public HttpResponse<InputStream> blob(App app, String path, Transfer transfer) {
    return pass(app, "blobs/" + path, transfer);
  }

  /// Where the client finds what the image server has at the location.
  ///
  /// @param name the app as the client calls it
  public static Optional<String> location(
      App app, String name, ProcessType type, HttpResponse<?> answer) {
    var own = "/v2/" + repository(app) + "/";
    return answer
        .headers()
        .firstValue("Location")
        .map(location -> location.replace(own, "/v2/" + name + "/" + type + "/"));
  }

  private HttpResponse<InputStream> pass(App app, String path, Transfer transfer) {
    var whole = "/v2/" + repository(app) + "/" + path;
    Supplier<HttpResponse<InputStream>> passing =
        () -> images.pass(transfer.method(), whole, transfer.headers(), transfer.body());
    if (READING.contains(transfer.method())) {
      return asking(passing);
    }
    try (var _ = writers.begin()) {
      return asking(passing);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw UserError.of(ErrorCode.UNAVAILABLE, "Control is stopping. Push again in a moment.");
    }
  }

  private static <T> T asking(Supplier<T> question) {
    try {
      return question.get();
    } catch (ImageServerException e) {
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              "The image server can't be used now",
              e.getMessage(),
              "./slipway status"));
    }
  }

  /// Where the image server has the app's images.
  public static String repository(App app) {
    return app.id().toString();
  }

  /// No process type has a dot in its name, so no two pushes get the same tag; those of builds have
  /// none either.
  private static String tag(ProcessType type, String tag) {
    return type + "." + tag;
  }

  /// Whether a tag in the image server is of what a docker client pushed.
  static boolean isTag(String tag) {
    return tag.contains(".");
  }
}
