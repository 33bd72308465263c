package dev.slipway.build;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Finds out how a source wants to be built: asks each language in turn.
record Detection(List<Language> languages) {
  Detection {
    languages = List.copyOf(languages);
  }

  /// The languages that Slipway knows. What a repo says itself comes before what is recognised.
  static Detection of(NodeVersions versions) {
    return new Detection(
        List.of(
            new HerokuYmlLanguage(),
            new DockerfileLanguage(),
            new NodeLanguage(versions),
            new StaticSiteLanguage()));
  }

  /// What to do with the source.
  ///
  /// @throws UserError when no language takes it; the message says what was looked for
  BuildPlan plan(Sources sources) {
    return languages.stream()
        .map(language -> language.plan(sources))
        .flatMap(Optional::stream)
        .findFirst()
        .orElseThrow(this::nothing);
  }

  private UserError nothing() {
    var looked = languages.stream().map(Language::lookedFor).collect(Collectors.joining("; "));
    return new UserError(
        new Problem(
            ErrorCode.FAILED,
            "No way to build this app was found",
            "looked in its top folder for " + looked,
            "Add a Dockerfile, and everything builds"));
  }
}
