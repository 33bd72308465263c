package dev.slipway.oneoff;

import dev.slipway.apps.App;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.ProcessType;
import dev.slipway.core.UserError;
import dev.slipway.release.Release;
import dev.slipway.release.SlugProcess;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// What a one-off dyno runs, in the image of one of the release's processes. A command whose first
/// word is a process type is that type's command, as on Heroku: `heroku run worker`.
record RunProcess(SlugProcess imageOf, String command) {
  static RunProcess of(App app, Release release, OneOffRequest request) {
    var processes =
        release
            .slug()
            .orElseThrow(() ->
                new UserError(
                    new Problem(
                        ErrorCode.INVALID_PARAMS,
                        "Nothing can be run on " + app.name(),
                        "no code has been deployed to it",
                        "Push it: git push heroku main")))
            .processes();
    var command = request.command();
    var space = command.indexOf(' ');
    var word = space < 0 ? command : command.substring(0, space);
    var declared = find(processes, word).filter(process -> process.command() != null);
    var imageOf =
        find(processes, request.type())
            .or(() -> declared)
            .or(() -> find(processes, ProcessType.WEB))
            .orElseGet(() -> processes.firstEntry().getValue());
    return new RunProcess(
        imageOf,
        declared
            .map(process -> process.command() + command.substring(word.length()))
            .orElse(command));
  }

  private static Optional<SlugProcess> find(
      SortedMap<ProcessType, SlugProcess> processes, @Nullable ProcessType type) {
    return type == null ? Optional.empty() : Optional.ofNullable(processes.get(type));
  }

  private static Optional<SlugProcess> find(
      SortedMap<ProcessType, SlugProcess> processes, String word) {
    return processes.entrySet().stream()
        .filter(entry -> entry.getKey().value().equals(word))
        .map(java.util.Map.Entry::getValue)
        .findFirst();
  }
}
