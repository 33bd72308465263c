package dev.slipway.image;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A client of the image server (CNCF distribution, HTTP API v2). Thread-safe.
public final class ImageServer {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Duration LONGEST_TRANSFER = Duration.ofHours(1);
  private static final String MANIFESTS =
      "application/vnd.docker.distribution.manifest.v2+json,"
          + "application/vnd.oci.image.manifest.v1+json,"
          + "application/vnd.docker.distribution.manifest.list.v2+json,"
          + "application/vnd.oci.image.index.v1+json";

  private static final String ANY_JSON = "application/json";
  private static final int PAGE = 100;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final URI base;
  private final Credential credential;

  /// Speaks to the server at the address, such as `http://slipway-registry:5000`.
  public ImageServer(URI base, Credential credential) {
    this.base = base;
    this.credential = credential;
  }

  /// Whether it answers and lets the credential in.
  public boolean answers() {
    try {
      return send(request("/v2/").GET().build()).statusCode() == 200;
    } catch (ImageServerException e) {
      return false;
    }
  }

  /// The image that a tag or a digest stands for now, if there is one.
  public Optional<ImageReference> find(String repository, String reference) {
    var head = BodyPublishers.noBody();
    var request =
        request("/v2/" + repository + "/manifests/" + reference)
            .header("Accept", MANIFESTS)
            .method("HEAD", head)
            .build();
    var response = send(request);
    if (response.statusCode() == 404 || isBlob(repository, reference, response)) {
      return Optional.empty();
    }
    require(response, 200);
    return reference(repository, response);
  }

  /// The server fails when it is asked for a manifest by the digest of something else that it has.
  private boolean isBlob(String repository, String reference, HttpResponse<?> response) {
    var blob = "/v2/" + repository + "/blobs/" + reference;
    return response.statusCode() == 500
        && reference.contains(":")
        && send(request(blob).method("HEAD", BodyPublishers.noBody()).build()).statusCode() == 200;
  }

  /// What the image says of itself: its own command and the ports that it exposes.
  public ImageDescription describe(ImageReference image) {
    var manifest = json("/v2/" + image.repository() + "/manifests/" + image.digest(), MANIFESTS);
    var config = requireNonNull(manifest.path("config").path("digest").asString(""));
    if (config.isEmpty()) {
      throw new ImageServerException("not an image of one platform: " + image, false);
    }
    var settings = json("/v2/" + image.repository() + "/blobs/" + config, "*/*").path("config");
    return new ImageDescription(
        strings(settings.path("Entrypoint")), strings(settings.path("Cmd")), ports(settings));
  }

  /// The image that a tag stands for now, if it has that id: the digest of its configuration, by
  /// which docker names an image.
  public Optional<ImageReference> findById(String repository, String tag, String id) {
    var request = request("/v2/" + repository + "/manifests/" + tag).header("Accept", MANIFESTS);
    var response = send(request.GET().build());
    if (response.statusCode() == 404) {
      return Optional.empty();
    }
    require(response, 200);
    return id.equals(JSON.readTree(response.body()).path("config").path("digest").asString(""))
        ? reference(repository, response)
        : Optional.empty();
  }

  /// The names of all repositories.
  public List<String> repositories() {
    var names = new ArrayList<String>();
    var last = "";
    while (true) {
      var page =
          json("/v2/_catalog?n=" + PAGE + (last.isEmpty() ? "" : "&last=" + last), ANY_JSON)
              .path("repositories");
      page.forEach(name -> names.add(name.asString()));
      if (page.size() < PAGE) {
        return names;
      }
      last = URLEncoder.encode(names.getLast(), StandardCharsets.UTF_8);
    }
  }

  /// The tags of a repository; none where it is not known.
  public List<String> tags(String repository) {
    var response = send(request("/v2/" + repository + "/tags/list").GET().build());
    if (response.statusCode() == 404) {
      return List.of();
    }
    require(response, 200);
    return strings(JSON.readTree(response.body()).path("tags"));
  }

  /// Passes a docker client's request on. The answer's body must be read or closed.
  ///
  /// @param path below the server's address, with its query
  /// @throws ImageServerException when the server does not answer, or does not let us in
  public HttpResponse<InputStream> pass(
      String method, String path, Map<String, String> headers, BodyPublisher body) {
    var request = request(path).timeout(LONGEST_TRANSFER).method(method, body);
    headers.forEach(request::header);
    var response = send(request.build(), BodyHandlers.ofInputStream());
    if (response.statusCode() == 401) {
      close(response.body());
      throw new ImageServerException("it refuses the platform's own credential", false);
    }
    return response;
  }

  /// Forgets the image; its bytes go when the server collects its garbage. Nothing happens where it
  /// is not known.
  public void delete(ImageReference image) {
    var request =
        request("/v2/" + image.repository() + "/manifests/" + image.digest()).DELETE().build();
    var response = send(request);
    if (response.statusCode() != 404) {
      require(response, 202);
    }
  }

  private static Optional<ImageReference> reference(String repository, HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("Docker-Content-Digest")
        .map(digest -> new ImageReference(repository, digest));
  }

  private static List<String> strings(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).collect(Collectors.toList());
  }

  private static Set<Integer> ports(JsonNode settings) {
    return settings
        .path("ExposedPorts")
        .propertyStream()
        .filter(port -> port.getKey().endsWith("/tcp"))
        .map(port -> Integer.parseInt(port.getKey().replace("/tcp", "")))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private JsonNode json(String path, String accept) {
    var response = send(request(path).header("Accept", accept).GET().build());
    require(response, 200);
    return JSON.readTree(response.body());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path))
        .timeout(TIMEOUT)
        .header("Authorization", "Basic " + credential.basic().reveal());
  }

  private HttpResponse<byte[]> send(HttpRequest request) {
    return send(request, BodyHandlers.ofByteArray());
  }

  private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) {
    try {
      return http.send(request, handler);
    } catch (IOException e) {
      throw new ImageServerException("the image server does not answer at " + base, true, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ImageServerException("interrupted while asking the image server", true, e);
    }
  }

  private static void close(InputStream body) {
    try {
      body.close();
    } catch (IOException gone) {
      // There is nothing more to free.
    }
  }

  private static void require(HttpResponse<byte[]> response, int status) {
    if (response.statusCode() != status) {
      throw new ImageServerException(
          "the image server answered "
              + response.statusCode()
              + " to "
              + response.request().method()
              + " "
              + response.uri().getPath(),
          response.statusCode() >= 500);
    }
  }
}
