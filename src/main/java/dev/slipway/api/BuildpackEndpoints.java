package dev.slipway.api;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Buildpacks, of which there are none: what builds an app is found in its code. The list is empty
/// and can be emptied; anything else is refused in one sentence. Heroku's client looks a short name
/// up in a registry first, and where it is told to ask here it gets that sentence, too.
final class BuildpackEndpoints {
  private static final Pattern SLUG = Pattern.compile("[a-z0-9_-]{1,60}/[a-z0-9_-]{1,60}");
  private static final String REGISTRY = "https://buildpack-registry.s3.amazonaws.com/buildpacks/";

  void mount(Routes routes) {
    routes.get("/apps/{app}/buildpack-installations", "buildpack_installation", this::list);
    routes.put("/apps/{app}/buildpack-installations", "buildpack_installation", this::set);
    routes.open(HandlerType.GET, "/buildpacks/{buildpack}", BuildpackEndpoints::lookUp);
  }

  private void list(Call call) {
    call.app();
    call.ok(List.of());
  }

  private void set(Call call) {
    call.app();
    if (!call.body().objects("updates").isEmpty()) {
      throw Body.invalid(
          "There are no buildpacks here: an app is built by its Dockerfile, its heroku.yml, or the"
              + " language that is found in its code.");
    }
    call.ok(List.of());
  }

  private static void lookUp(Context http) {
    var name = http.pathParam("buildpack");
    if (!SLUG.matcher(name).matches()) {
      throw UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that buildpack.");
    }
    http.contentType("application/json")
        .result(Json.write(Map.of("blob_url", REGISTRY + name + ".tgz")));
  }
}
