package dev.slipway.build;

import dev.slipway.build.ImagePlan.Recipe;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A site of plain files, served by Nginx: an `index.html`, or what `static.json` says.
final class StaticSiteLanguage implements Language {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final List<String> FOLDERS = List.of(".", "public", "public_html", "dist");

  @Override
  public String lookedFor() {
    return "static.json or index.html, also in public/ (static site)";
  }

  @Override
  public Optional<BuildPlan> plan(Sources sources) {
    var settings = sources.read("static.json").map(StaticSiteLanguage::parse);
    var root =
        settings
            .map(json -> json.path("root").asString("public_html"))
            .or(() -> folderWithIndex(sources));
    return root.map(folder -> plan(sources, folder, settings.orElseGet(JSON::createObjectNode)));
  }

  private static BuildPlan plan(Sources sources, String folder, JsonNode settings) {
    var dockerfile = StaticSiteDockerfile.of(cleanFolder(folder), settings);
    return BuildPlan.ofOneImage(
        "static site",
        List.of("Static site detected", "Serving the files in " + folder + " with Nginx"),
        new ImagePlan("app", new Recipe.Generated(dockerfile, "/.git\n", null)),
        Procfile.of(sources));
  }

  private static Optional<String> folderWithIndex(Sources sources) {
    return FOLDERS.stream().filter(folder -> sources.has(folder + "/index.html")).findFirst();
  }

  private static String cleanFolder(String folder) {
    var plain = folder.replaceAll("/+$", "");
    var parts = Stream.of(plain.split("/", -1)).toList();
    if (!plain.matches("[A-Za-z0-9._/-]+") || plain.startsWith("/") || parts.contains("..")) {
      throw problem("root should be a folder of the repo");
    }
    return plain;
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JacksonException e) {
      throw problem(e.getOriginalMessage());
    }
  }

  private static UserError problem(String why) {
    return new UserError(new Problem(ErrorCode.FAILED, "static.json can't be used", why, null));
  }
}
