package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.Containers;
import dev.slipway.engine.DockerException;
import dev.slipway.engine.Images;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Waits for the builder's own engine, and gives it the base image, so that a build needs no Docker
/// Hub.
final class BuilderSetup {
  private static final String BUILDER = SystemParts.container("builder");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Containers containers;
  private final Images images;

  BuilderSetup(Containers containers, Images images) {
    this.containers = containers;
    this.images = images;
  }

  void finish(Consumer<String> detail) {
    detail.accept("waiting for the builder's engine");
    if (!Waiting.until(PATIENCE, () -> succeeds(List.of("docker", "version")))) {
      throw problem("does not start its engine");
    }
    var base = images.find(BaseImage.name()).orElseThrow().id();
    var output = new ArrayList<String>();
    execute(
        List.of("docker", "image", "inspect", "--format", "{{.Id}}", BaseImage.name()),
        InputStream.nullInputStream(),
        output);
    if (!output.contains(base)) {
      detail.accept("giving the base image to the builder");
      load();
    }
  }

  private void load() {
    try (var archive = images.save(BaseImage.name())) {
      if (execute(List.of("docker", "load", "--quiet"), archive, new ArrayList<>()) != 0) {
        throw problem("does not take the base image");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean succeeds(List<String> command) {
    try {
      return execute(command, InputStream.nullInputStream(), new ArrayList<>()) == 0;
    } catch (DockerException notRunningYet) {
      return false;
    }
  }

  private int execute(List<String> command, InputStream input, List<String> output) {
    return containers.execute(BUILDER, command, input, output::add);
  }

  private UserError problem(String what) {
    return new UserError(
        new Problem(
            ErrorCode.UNAVAILABLE,
            "The builder " + what,
            String.join("\n", containers.lastLines(BUILDER, 10)),
            "`docker logs " + BUILDER + "` says more; `./slipway doctor` looks for a cause."));
  }
}
