package dev.slipway.api;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.ProcessType;
import dev.slipway.core.UserError;
import dev.slipway.observe.Logs;
import dev.slipway.release.Release;
import dev.slipway.release.Releases;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.Optional;

/// What release phases write, while they run and afterwards. The key in the path is secret, as
/// clients fetch it without credentials.
final class ReleaseOutputs {
  private final Releases releases;
  private final Operations operations;
  private final Logs logs;

  ReleaseOutputs(Releases releases, Operations operations, Logs logs) {
    this.releases = releases;
    this.operations = operations;
    this.logs = logs;
  }

  /// Where a release's output is, if its code has a release phase. Releases from before there were
  /// outputs have none.
  static Optional<String> path(Release release) {
    return release
        .slug()
        .filter(slug -> slug.processes().containsKey(ProcessType.RELEASE))
        .map(_ ->
            "/releases/%s/%s/output/%s"
                .formatted(release.app(), release.id(), release.outputKey().reveal()));
  }

  void mount(Routes routes) {
    routes.open(HandlerType.GET, "/releases/{app}/{release}/output/{key}", this::stream);
  }

  private void stream(Context http) throws Exception {
    var release =
        releases
            .find(http.pathParam("app"), http.pathParam("release"))
            .filter(found -> isKey(found, http.pathParam("key")))
            .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that release."));
    http.res().setContentType("text/plain; charset=utf-8");
    GrowingFile.stream(
        logs.output(release.app(), ProcessType.RELEASE + "." + release.version().value()),
        () -> operations.isPhaseAhead(release),
        http.res().getOutputStream());
  }

  private static boolean isKey(Release release, String given) {
    return !release.outputKey().reveal().isEmpty() && release.outputKey().matches(given);
  }
}
