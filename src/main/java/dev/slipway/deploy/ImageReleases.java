package dev.slipway.deploy;

import dev.slipway.apps.App;
import dev.slipway.core.AccountId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.ProcessType;
import dev.slipway.core.UserError;
import dev.slipway.image.ImageReference;
import dev.slipway.release.Release;
import dev.slipway.release.Releases;
import dev.slipway.release.Slug;
import dev.slipway.release.SlugProcess;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/// Releases images that were built elsewhere and pushed to the image server, and takes process
/// types out of an app. Thread-safe.
public final class ImageReleases {
  private static final int SHORT_DIGEST = 12;

  private final PushedImages pushed;
  private final Releases releases;
  private final Releaser releaser;
  private final Clock clock;

  /// Releases of what was pushed.
  public ImageReleases(PushedImages pushed, Releases releases, Releaser releaser, Clock clock) {
    this.pushed = pushed;
    this.releases = releases;
    this.releaser = releaser;
    this.clock = clock;
  }

  /// Gives process types other images, or takes them out; the others stay as they are. A process of
  /// such an image runs the image's own command.
  ///
  /// @param changes by process type the digest or the id of an image in the app's own repository,
  ///   or nothing to take the type out
  /// @throws UserError when there is no such image or type, or nothing would be left
  public Release release(App app, SortedMap<ProcessType, Optional<String>> changes, AccountId by) {
    var found = new TreeMap<ProcessType, ImageReference>();
    changes.forEach(
        (type, digest) -> digest.ifPresent(given -> found.put(type, find(app, type, given))));
    return releaser.together(
        by,
        work -> {
          var current = releases.current(work.db(), app.id());
          return work.code(app, slug(app, current.slug(), changes, found), describe(changes));
        });
  }

  /// Gives all process types of the app this image. They keep their commands; an app without any
  /// gets `web`, which runs the image's own.
  ///
  /// @param name the image as people know it
  public Release release(App app, ImageReference image, String name, AccountId by) {
    return releaser.together(
        by,
        work -> {
          var current = releases.current(work.db(), app.id()).slug();
          var processes = new TreeMap<ProcessType, SlugProcess>();
          current.ifPresent(slug ->
              slug.processes()
                  .forEach((type, process) ->
                      processes.put(type, new SlugProcess(image, process.command()))));
          if (processes.isEmpty()) {
            processes.put(ProcessType.WEB, new SlugProcess(image, null));
          }
          return work.code(app, slug(app, current, processes), "Deployed " + name + " directly");
        });
  }

  /// Requires that what an earlier release ran is still kept.
  ///
  /// @throws UserError where the image server has given it up, to make room
  public void requireKept(Release release) {
    var kept =
        release.slug().stream()
            .flatMap(slug -> slug.processes().values().stream())
            .map(SlugProcess::image)
            .distinct()
            .allMatch(pushed::mayHave);
    if (!kept) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "Cannot roll back to " + release.version() + ".",
              "its image made room for newer ones",
              "Push its commit again."));
    }
  }

  private ImageReference find(App app, ProcessType type, String digest) {
    return pushed
        .find(app, type, digest)
        .orElseThrow(() ->
            new UserError(
                new Problem(
                    ErrorCode.NOT_FOUND,
                    "Couldn't find that image",
                    "none of that digest was pushed to " + app.name() + "/" + type,
                    "slipway heroku container:push " + type + " -a " + app.name())));
  }

  private Slug slug(
      App app,
      Optional<Slug> current,
      Map<ProcessType, Optional<String>> changes,
      Map<ProcessType, ImageReference> found) {
    var processes = new TreeMap<ProcessType, SlugProcess>();
    current.ifPresent(slug -> processes.putAll(slug.processes()));
    changes.forEach((type, digest) -> {
      if (digest.isEmpty() && processes.remove(type) == null) {
        throw noImage(app, type);
      }
    });
    found.forEach((type, image) -> processes.put(type, new SlugProcess(image, null)));
    if (processes.isEmpty()) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "The last process type of " + app.name() + " can't be removed",
              "its release would run nothing",
              "heroku ps:scale web=0 stops its dynos"));
    }
    return slug(app, current, processes);
  }

  private Slug slug(
      App app, Optional<Slug> current, SortedMap<ProcessType, SlugProcess> processes) {
    return new Slug(
        UUID.randomUUID(),
        app.id(),
        current.map(Slug::commit).orElse(""),
        "Docker image",
        processes,
        Instant.now(clock).truncatedTo(ChronoUnit.SECONDS));
  }

  private static UserError noImage(App app, ProcessType type) {
    return new UserError(
        new Problem(
            ErrorCode.NOT_FOUND,
            "Couldn't find that process type (" + type + ")",
            "no release of " + app.name() + " now has it",
            "heroku ps:scale -a " + app.name() + " shows those that are there"));
  }

  private static String describe(Map<ProcessType, Optional<String>> changes) {
    return changes.entrySet().stream()
        .map(change ->
            change
                .getValue()
                .map(digest -> "Deployed " + change.getKey() + " (" + shortened(digest) + ")")
                .orElse("Removed " + change.getKey()))
        .collect(Collectors.joining(", "));
  }

  private static String shortened(String digest) {
    var hexadecimal = digest.substring(digest.indexOf(':') + 1);
    return hexadecimal.substring(0, Math.min(SHORT_DIGEST, hexadecimal.length()));
  }
}
