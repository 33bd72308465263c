package dev.slipway.build;

import dev.slipway.build.ImagePlan.Recipe;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.List;
import java.util.Optional;

/// A repo that brings its Dockerfile. A Procfile beside it names the process types.
final class DockerfileLanguage implements Language {
  static final String NAME = "Docker";

  @Override
  public String lookedFor() {
    return "Dockerfile";
  }

  @Override
  public Optional<BuildPlan> plan(Sources sources) {
    if (!sources.has("Dockerfile")) {
      return Optional.empty();
    }
    return Optional.of(
        BuildPlan.ofOneImage(
            NAME,
            List.of("Building with the repo's Dockerfile"),
            new ImagePlan("app", written(sources, "Dockerfile")),
            Procfile.of(sources)));
  }

  /// The recipe in that file.
  ///
  /// @throws UserError when it is not there, or is a link
  static Recipe.Written written(Sources sources, String path) {
    if (!sources.hasWithoutLinks(path)) {
      throw new UserError(
          new Problem(
              ErrorCode.FAILED,
              "There is no file " + path,
              "a Dockerfile must be a file of the repo, and not a link",
              "Commit it, or name another in heroku.yml"));
    }
    return new Recipe.Written(path);
  }
}
