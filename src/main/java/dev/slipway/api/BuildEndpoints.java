package dev.slipway.api;

import dev.slipway.api.model.SourceView;
import dev.slipway.apps.Apps;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import dev.slipway.deploy.Build;
import dev.slipway.deploy.BuildStatus;
import dev.slipway.source.Uploads;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.nio.file.Files;

/// Builds from tarballs, uploads of such, and what builds of any kind write.
final class BuildEndpoints {
  private final Apps apps;
  private final Operations operations;
  private final TarballBuilds tarballs;
  private final Uploads uploads;
  private final Views views;

  BuildEndpoints(
      Apps apps, Operations operations, TarballBuilds tarballs, Uploads uploads, Views views) {
    this.apps = apps;
    this.operations = operations;
    this.tarballs = tarballs;
    this.uploads = uploads;
    this.views = views;
  }

  /// The path of a build's output: its key is secret, as clients fetch it without credentials.
  static String outputPath(Build build) {
    return "/builds/" + build.app() + "/" + build.id() + "/output/" + build.outputKey().reveal();
  }

  void mount(Routes routes) {
    routes.get("/apps/{app}/builds", "build", this::list);
    routes.post("/apps/{app}/builds", "build", this::create);
    routes.get("/apps/{app}/builds/{build}", "build", this::show);
    routes.open(HandlerType.GET, "/builds/{app}/{build}/output/{key}", this::output);
    routes.post("/sources", "source", this::reserve);
    routes.post(
        "/apps/{app}/sources",
        "source",
        call -> {
          call.app();
          reserve(call);
        });
    routes.open(HandlerType.PUT, "/uploads/{key}", this::upload);
    routes.open(HandlerType.GET, "/uploads/{key}", this::download);
  }

  private void list(Call call) {
    var app = call.app();
    call.page(
        Listing.by(operations.builds(app.id()), "created_at", BuildEndpoints::sortKey)
            .or("id", build -> build.id().toString()),
        views.builds(app, call.baseUrl()));
  }

  /// Two builds can begin in one second.
  private static String sortKey(Build build) {
    return build.createdAt() + " " + build.id();
  }

  private void create(Call call) {
    var app = call.app();
    var source = TarballSource.of(call.body().object("source_blob"));
    var build = tarballs.start(app, source, call.account().id());
    call.created(views.build(app, build, call.baseUrl()));
  }

  private void show(Call call) {
    var app = call.app();
    var build = operations.build(app.id(), call.param("build"));
    call.ok(views.build(app, build, call.baseUrl()));
  }

  private void output(Context http) throws Exception {
    var app = apps.get(http.pathParam("app"));
    var build = operations.build(app.id(), http.pathParam("build"));
    if (!build.outputKey().matches(http.pathParam("key"))) {
      throw UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that build.");
    }
    http.res().setContentType("text/plain; charset=utf-8");
    GrowingFile.stream(
        operations.output(build),
        () -> operations.build(app.id(), build.id().toString()).status() == BuildStatus.PENDING,
        http.res().getOutputStream());
  }

  private void reserve(Call call) {
    var url = call.baseUrl() + "/uploads/" + uploads.reserve();
    call.created(new SourceView(new SourceView.Blob(url, url)));
  }

  private void upload(Context http) throws Exception {
    uploads.store(http.pathParam("key"), http.req().getInputStream());
    http.status(200);
  }

  private void download(Context http) throws Exception {
    var file =
        uploads
            .find(http.pathParam("key"))
            .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that source."));
    http.res().setContentType("application/gzip");
    Files.copy(file, http.res().getOutputStream());
  }
}
