package dev.slipway.api;

import dev.slipway.api.model.SlugView;
import dev.slipway.apps.App;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.release.Releases;
import dev.slipway.release.Slug;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// What was built: shown, but never taken from outside.
final class SlugEndpoints {
  private final Releases releases;

  SlugEndpoints(Releases releases) {
    this.releases = releases;
  }

  void mount(Routes routes) {
    routes.get("/apps/{app}/slugs/{slug}", "slug", this::show);
    routes.post("/apps/{app}/slugs", "slug", SlugEndpoints::refuse);
  }

  /// The slug of that id, that one of the app's releases carried.
  ///
  /// @throws UserError not_found, when there is none
  static Slug find(Releases releases, App app, String id) {
    return uuid(id)
        .flatMap(slug -> releases.slug(app.id(), slug))
        .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that slug."));
  }

  private void show(Call call) {
    call.ok(view(find(releases, call.app(), call.param("slug"))));
  }

  private static void refuse(Call call) {
    call.app();
    throw new UserError(
        new Problem(
            ErrorCode.INVALID_PARAMS,
            "Slugs can't be uploaded here",
            "what runs is a Docker image",
            "POST /apps/APP/builds builds a source tarball; an image is pushed by docker push"));
  }

  private static SlugView view(Slug slug) {
    var commands = new TreeMap<String, String>();
    slug.processes()
        .forEach(
            (type, process) -> commands.put(type.value(), Views.command(Optional.of(slug), type)));
    var image = slug.processes().firstEntry().getValue().imageName();
    return new SlugView(
        new SlugView.Blob("get", "docker://" + image),
        slug.language(),
        null,
        slug.commit(),
        null,
        slug.createdAt(),
        null,
        slug.id(),
        commands,
        null,
        Platform.STACK,
        slug.createdAt());
  }

  private static Optional<UUID> uuid(String text) {
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
