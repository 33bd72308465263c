package dev.slipway.build;

import dev.slipway.core.ProcessType;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a build will do: which images it makes, and which process types run them.
///
/// @param language what the source was recognised as, such as `Node.js`
/// @param notes what whoever pushed should know of it
record BuildPlan(
    String language,
    List<String> notes,
    List<ImagePlan> images,
    SortedMap<ProcessType, Run> processes) {
  BuildPlan {
    notes = List.copyOf(notes);
    images = List.copyOf(images);
    processes = Collections.unmodifiableSortedMap(new TreeMap<>(processes));
  }

  /// What a process type will run.
  ///
  /// @param image the name of one of the plan's images
  /// @param command a shell command, or null for the image's own
  record Run(String image, @Nullable String command) {}

  /// A plan with one image that all process types share. `web` runs the image's own command where
  /// the Procfile says nothing.
  static BuildPlan ofOneImage(
      String language, List<String> notes, ImagePlan image, Procfile procfile) {
    var processes = new TreeMap<ProcessType, Run>();
    processes.put(ProcessType.WEB, new Run(image.name(), null));
    procfile
        .commands()
        .forEach((type, command) -> processes.put(type, new Run(image.name(), command)));
    return new BuildPlan(language, notes, List.of(image), processes);
  }
}
