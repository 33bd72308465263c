package dev.slipway.build;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.ProcessType;
import dev.slipway.core.UserError;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// A repo's `heroku.yml`, the parts of it that builds and releases need.
///
/// @param images `build.docker`: each process type's Dockerfile
/// @param arguments `build.config`: values of the Dockerfiles' `ARG`s
/// @param runs `run`, and `release` as the type of that name
record HerokuYml(
    SortedMap<ProcessType, DockerImage> images,
    SortedMap<String, String> arguments,
    SortedMap<ProcessType, Run> runs) {
  HerokuYml {
    images = Collections.unmodifiableSortedMap(new TreeMap<>(images));
    arguments = Collections.unmodifiableSortedMap(new TreeMap<>(arguments));
    runs = Collections.unmodifiableSortedMap(new TreeMap<>(runs));
  }

  /// @param dockerfile its path in the repo
  /// @param target the stage of it, or null for the last
  record DockerImage(String dockerfile, @Nullable String target) {}

  /// @param command a shell command, or null for the image's own
  /// @param image the process type whose image it runs, or null for its own
  record Run(@Nullable String command, @Nullable String image) {}

  /// Reads the file's text.
  ///
  /// @throws UserError when it is no YAML, or a part is not of the form that Heroku documents
  static HerokuYml parse(String text) {
    var root = map("heroku.yml", load(text));
    var build = map("build", root.get("build"));
    var images = new TreeMap<ProcessType, DockerImage>();
    map("build.docker", build.get("docker"))
        .forEach((type, value) -> images.put(new ProcessType(type), image(type, value)));
    var arguments = new TreeMap<String, String>();
    map("build.config", build.get("config"))
        .forEach((name, value) -> arguments.put(name, scalar("build.config." + name, value)));
    var runs = new TreeMap<ProcessType, Run>();
    map("run", root.get("run"))
        .forEach((type, value) -> runs.put(new ProcessType(type), run("run." + type, value)));
    if (root.get("release") != null) {
      runs.put(ProcessType.RELEASE, run("release", root.get("release")));
    }
    return new HerokuYml(images, arguments, runs);
  }

  /// The image that a process type runs: the one that is asked for, else its own, else web's.
  ///
  /// @throws UserError when none fits
  DockerImage imageOf(ProcessType type, @Nullable String asked) {
    var image = asked != null ? images.get(new ProcessType(asked)) : images.get(type);
    if (image == null && asked == null) {
      image = images.get(ProcessType.WEB);
    }
    if (image == null) {
      throw problem("run." + type, "an image of build.docker: " + images.keySet());
    }
    return image;
  }

  private static @Nullable Object load(String text) {
    try {
      var settings = LoadSettings.builder().setLabel("heroku.yml").setMaxAliasesForCollections(20);
      return new Load(settings.build()).loadFromString(text);
    } catch (YamlEngineException e) {
      throw new UserError(
          new Problem(
              ErrorCode.FAILED,
              "heroku.yml can't be read",
              String.valueOf(e.getMessage()).strip(),
              null),
          e);
    }
  }

  private static DockerImage image(String type, @Nullable Object value) {
    var path = "build.docker." + type;
    if (value instanceof Map<?, ?>) {
      var parts = map(path, value);
      var target = parts.get("target");
      return new DockerImage(
          scalar(path + ".dockerfile", parts.get("dockerfile")),
          target == null ? null : scalar(path + ".target", target));
    }
    return new DockerImage(scalar(path, value), null);
  }

  private static Run run(String path, @Nullable Object value) {
    if (value instanceof Map<?, ?>) {
      var parts = map(path, value);
      var command = parts.get("command");
      var image = parts.get("image");
      return new Run(
          command == null ? null : command(path + ".command", command),
          image == null ? null : scalar(path + ".image", image));
    }
    return new Run(command(path, value), null);
  }

  private static String command(String path, @Nullable Object value) {
    if (value instanceof List<?> lines && !lines.isEmpty()) {
      return String.join(" && ", lines.stream().map(line -> scalar(path, line)).toList());
    }
    return scalar(path, value);
  }

  private static SortedMap<String, @Nullable Object> map(String path, @Nullable Object value) {
    var map = new TreeMap<String, @Nullable Object>();
    if (value instanceof Map<?, ?> entries) {
      entries.forEach((name, entry) -> map.put(String.valueOf(name), entry));
    } else if (value != null) {
      throw problem(path, "a map");
    }
    return map;
  }

  private static String scalar(String path, @Nullable Object value) {
    if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    throw problem(path, "text");
  }

  private static UserError problem(String path, String expected) {
    return new UserError(
        new Problem(
            ErrorCode.FAILED, "heroku.yml can't be used", path + " should be " + expected, null));
  }
}
