package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.BuildFailed;
import dev.slipway.engine.Images;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// The images of Slipway's own parts, built from `images/` when their files have changed.
final class SystemImages {
  static final String VERSION_LABEL = "slipway.version";
  static final List<String> ALL =
      List.of("wall", "registry", "builder", "gate", "router", "control", "postgres", "pgbouncer");
  private static final int PIPE_BYTES = 1 << 20;
  private static final int LINES_SHOWN = 15;

  private final Images images;
  private final Checkout checkout;

  SystemImages(Images images, Checkout checkout) {
    this.images = images;
    this.checkout = checkout;
  }

  /// The name of a part's image.
  static String name(String part) {
    return "slipway-" + part;
  }

  /// The name of the image that a part is made from. The agent is control's in another role.
  static String of(String part) {
    return name(part.equals("agent") ? "control" : part);
  }

  /// Builds those that are missing or out of date, all at once.
  String ensure(Consumer<String> detail) {
    var builds = new ArrayList<Callable<Boolean>>();
    for (var part : ALL) {
      if (checkout.hasImage(part)) {
        builds.add(() -> ensure(part, detail));
      }
    }
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var built = 0;
      for (Future<Boolean> build : executor.invokeAll(builds)) {
        built += build.get() ? 1 : 0;
      }
      return built == 0 ? builds.size() + " there already" : built + " built";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while images were built", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    }
  }

  /// Builds one of them, if it is missing or out of date.
  void ensure(String part) {
    try {
      ensure(part, _ -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean ensure(String part, Consumer<String> detail) throws IOException {
    var context = context(part);
    var hash = context.hash();
    var isCurrent =
        images
            .find(name(part))
            .map(image -> hash.equals(image.labels().get(VERSION_LABEL)))
            .orElse(false);
    if (!isCurrent) {
      build(part, context, hash, detail);
    }
    return !isCurrent;
  }

  private void build(String part, BuildContext context, String hash, Consumer<String> detail)
      throws IOException {
    var last = new ArrayDeque<String>();
    try (var archive = new PipedInputStream(PIPE_BYTES)) {
      var end = new PipedOutputStream(archive);
      Thread.startVirtualThread(() -> write(context, end));
      images.build(
          name(part),
          archive,
          Map.of(VERSION_LABEL, hash, SystemParts.LABEL, part),
          line -> {
            detail.accept(part + ": " + line);
            last.addLast(line);
            if (last.size() > LINES_SHOWN) {
              last.removeFirst();
            }
          });
    } catch (BuildFailed e) {
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              "The image of " + part + " could not be built",
              e.getMessage() + "\n" + String.join("\n", last),
              "Packages come from Debian's mirror: check that this machine reaches it."
                  + " `./slipway up` goes on where it stopped."),
          e);
    }
  }

  private static void write(BuildContext context, PipedOutputStream end) {
    try (end) {
      context.writeTo(end);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The router's files lie in a directory of their own; control's image holds the jar.
  private BuildContext context(String part) {
    var context = new BuildContext();
    switch (part) {
      case "router" -> context.addDirectory("", checkout.directory().resolve("router"));
      case "control" ->
          context.addDirectory("lib/", checkout.libraries()).addFile("slipway.jar", checkout.jar());
      default -> {}
    }
    return context.addDirectory("", checkout.image(part));
  }
}
