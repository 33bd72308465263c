package dev.slipway.engine;

import dev.slipway.core.Secret;
import dev.slipway.image.ImageReference;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/// Images in this host's engine, built by the engine's own builder or brought from elsewhere.
/// Thread-safe.
public final class Images {
  private final DockerApi docker;

  /// Works on the engine behind the API.
  public Images(DockerApi docker) {
    this.docker = docker;
  }

  /// The image of that name or identifier, if the engine has it.
  public Optional<ImageState> find(String image) {
    try {
      var found = docker.get("/images/" + image + "/json");
      return Optional.of(
          new ImageState(found.path("Id").asString(), labels(found.path("Config").path("Labels"))));
    } catch (DockerException e) {
      if (e.notFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// Builds an image with the engine's classic builder, which every engine has.
  ///
  /// @param tag the name that it gets
  /// @param context a tar archive with a file `Dockerfile` at its root
  /// @param labels written on the image
  /// @param lines receives the builder's output as it comes
  /// @throws BuildFailed when a step of the Dockerfile fails
  public void build(
      String tag, InputStream context, Map<String, String> labels, Consumer<String> lines) {
    var query =
        "?rm=1&forcerm=1&version=1&t="
            + DockerApi.encode(tag)
            + "&labels="
            + DockerApi.encode(DockerApi.JSON.writeValueAsString(labels));
    try (var response = docker.upload("POST", "/build" + query, "application/x-tar", context)) {
      follow(tag, response.getBody(), lines);
    }
  }

  /// Makes an image of one layer from the tar archive of a root file system.
  ///
  /// @param repository the name without its tag
  public void importRoot(String repository, String tag, InputStream rootFileSystem) {
    var query =
        "/images/create?fromSrc=-&repo="
            + DockerApi.encode(repository)
            + "&tag="
            + DockerApi.encode(tag);
    try (var response = docker.upload("POST", query, "application/x-tar", rootFileSystem)) {
      follow(repository, response.getBody(), _ -> {});
    }
  }

  /// Opens the image as an archive that another engine can load; the caller closes it.
  public InputStream save(String image) {
    return docker.open("GET", "/images/" + image + "/get", null, Map.of()).getBody();
  }

  /// Takes in an image that another engine saved.
  public void load(InputStream archive) {
    try (var response =
        docker.upload("POST", "/images/load?quiet=1", "application/x-tar", archive)) {
      follow("an archive", response.getBody(), _ -> {});
    }
  }

  /// Fetches an image from its registry.
  ///
  /// @throws BuildFailed or DockerException when it can't be fetched
  public void pull(String repository, String tag) {
    var path =
        "/images/create?fromImage="
            + DockerApi.encode(repository)
            + "&tag="
            + DockerApi.encode(tag);
    try (var response = docker.open("POST", path, new byte[0], Map.of())) {
      follow(repository, response.getBody(), _ -> {});
    }
  }

  /// Fetches an image of the image server.
  ///
  /// @param auth what is shown to it, as the engine wants it
  void pull(ImageReference image, String auth) {
    var path =
        "/images/create?fromImage="
            + DockerApi.encode(ImageReference.ENDPOINT + "/" + image.repository())
            + "&tag="
            + DockerApi.encode(image.digest());
    try (var response = docker.open("POST", path, new byte[0], Map.of("X-Registry-Auth", auth))) {
      follow(image.repository(), response.getBody(), _ -> {});
    }
  }

  /// Sends an image of this host to the image server.
  ///
  /// @param image its name or identifier here
  /// @param tag what it is called in the repository there, until the next one is
  /// @throws BuildFailed or DockerException when it can't be sent
  public ImageReference push(String image, String repository, String tag, Secret password) {
    var name = ImageReference.ENDPOINT + "/" + repository;
    docker.post("/images/" + image + "/tag?repo=" + DockerApi.encode(name) + "&tag=" + tag, null);
    var path = "/images/" + name + "/push?tag=" + tag;
    var auth = Map.of("X-Registry-Auth", SwarmEngine.registryAuth(password));
    try (var response = docker.open("POST", path, new byte[0], auth)) {
      var digest = new AtomicReference<>("");
      follow(
          image,
          response.getBody(),
          _ -> {},
          message -> digest.compareAndSet("", message.path("aux").path("Digest").asString("")));
      return new ImageReference(repository, digest.get());
    } finally {
      remove(name + ":" + tag, false);
    }
  }

  /// Identifiers of the images that carry the label, whatever its value.
  public List<String> labelled(String label) {
    var ids = new ArrayList<String>();
    docker
        .get("/images/json?" + DockerApi.filters(Map.of("label", List.of(label))))
        .forEach(image -> ids.add(image.path("Id").asString()));
    return ids;
  }

  /// Identifiers of the images that have a name which starts so.
  public List<String> named(String prefix) {
    var ids = new ArrayList<String>();
    docker
        .get("/images/json")
        .forEach(image -> {
          if (startsWith(image.path("RepoTags"), prefix)
              || startsWith(image.path("RepoDigests"), prefix)) {
            ids.add(image.path("Id").asString());
          }
        });
    return ids;
  }

  /// The names by digest that start so, of all images.
  List<String> digests(String prefix) {
    var names = new ArrayList<String>();
    for (var image : docker.get("/images/json")) {
      for (var name : image.path("RepoDigests")) {
        if (name.asString().startsWith(prefix)) {
          names.add(name.asString());
        }
      }
    }
    return names;
  }

  /// Removes the image where nothing uses it.
  ///
  /// @return whether it is gone
  public boolean remove(String image, boolean force) {
    try {
      docker.delete("/images/" + image + "?force=" + force);
      return true;
    } catch (DockerException e) {
      if (e.notFound()) {
        return true;
      }
      if (e.conflict()) {
        return false;
      }
      throw e;
    }
  }

  private static boolean startsWith(JsonNode names, String prefix) {
    for (var name : names) {
      if (name.asString().startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  private static Map<String, String> labels(JsonNode node) {
    var labels = new HashMap<String, String>();
    node.properties().forEach(label -> labels.put(label.getKey(), label.getValue().asString()));
    return labels;
  }

  private static void follow(String image, InputStream stream, Consumer<String> lines) {
    follow(image, stream, lines, _ -> {});
  }

  private static void follow(
      String image, InputStream stream, Consumer<String> lines, Consumer<JsonNode> messages) {
    var output = new BuildOutput(lines);
    try (var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (var line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.isBlank()) {
          var message = DockerApi.JSON.readTree(line);
          output.add(image, message);
          messages.accept(message);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class BuildOutput {
    private final Consumer<String> lines;
    private final StringBuilder unfinished = new StringBuilder();

    BuildOutput(Consumer<String> lines) {
      this.lines = lines;
    }

    void add(String image, JsonNode message) {
      if (message.has("error")) {
        throw new BuildFailed(image, message.path("error").asString());
      }
      unfinished.append(message.path("stream").asString(""));
      for (var end = unfinished.indexOf("\n"); end >= 0; end = unfinished.indexOf("\n")) {
        lines.accept(unfinished.substring(0, end));
        unfinished.delete(0, end + 1);
      }
    }
  }
}
