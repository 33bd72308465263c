package dev.slipway.build;

import dev.slipway.build.HerokuYml.DockerImage;
import dev.slipway.core.ProcessType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A repo whose heroku.yml names a Dockerfile for each process type.
final class HerokuYmlLanguage implements Language {
  @Override
  public String lookedFor() {
    return "heroku.yml with build.docker";
  }

  @Override
  public Optional<BuildPlan> plan(Sources sources) {
    return sources
        .read("heroku.yml")
        .map(HerokuYml::parse)
        .filter(settings -> !settings.images().isEmpty())
        .map(settings -> plan(sources, settings));
  }

  private static BuildPlan plan(Sources sources, HerokuYml settings) {
    var images = new LinkedHashMap<DockerImage, ImagePlan>();
    settings
        .images()
        .forEach((type, image) ->
            images.computeIfAbsent(image, _ -> imagePlan(sources, type, image, settings)));
    return new BuildPlan(
        DockerfileLanguage.NAME,
        List.of("Building with heroku.yml"),
        new ArrayList<>(images.values()),
        processes(sources, settings, images));
  }

  private static ImagePlan imagePlan(
      Sources sources, ProcessType type, DockerImage image, HerokuYml settings) {
    return new ImagePlan(
        type.value().toLowerCase(java.util.Locale.ROOT),
        DockerfileLanguage.written(sources, image.dockerfile()),
        image.target(),
        new TreeMap<>(settings.arguments()));
  }

  /// The types are those of `run`, or, where it says nothing, those that have an image, with the
  /// Procfile's commands. An image that only the release phase uses is no type by itself.
  private static SortedMap<ProcessType, BuildPlan.Run> processes(
      Sources sources, HerokuYml settings, Map<DockerImage, ImagePlan> images) {
    var processes = new TreeMap<ProcessType, BuildPlan.Run>();
    var procfile = Procfile.of(sources);
    settings
        .images()
        .forEach((type, image) -> {
          if (!type.equals(ProcessType.RELEASE)) {
            processes.put(type, process(images, image, procfile.commands().get(type)));
          }
        });
    procfile
        .commands()
        .forEach((type, command) ->
            processes.putIfAbsent(type, process(images, settings.imageOf(type, null), command)));
    settings
        .runs()
        .forEach((type, run) ->
            processes.put(
                type, process(images, settings.imageOf(type, run.image()), run.command())));
    return processes;
  }

  private static BuildPlan.Run process(
      Map<DockerImage, ImagePlan> images, DockerImage image, @Nullable String command) {
    var plan = images.get(image);
    if (plan == null) {
      throw new IllegalStateException("an image without a plan: " + image);
    }
    return new BuildPlan.Run(plan.name(), command);
  }
}
