package dev.slipway.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.apps.App;
import dev.slipway.core.AppId;
import dev.slipway.core.ProcessType;
import dev.slipway.engine.Containers;
import dev.slipway.engine.DockerApi;
import dev.slipway.image.Credential;
import dev.slipway.image.ImageReference;
import dev.slipway.image.ImageServer;
import dev.slipway.image.ImageWriters;
import dev.slipway.release.ConfigVars;
import dev.slipway.release.ReleaseStatus;
import dev.slipway.release.Slug;
import dev.slipway.release.SlugProcess;
import dev.slipway.rollout.StepObserver;
import dev.slipway.testing.Await;
import dev.slipway.testing.Control;
import dev.slipway.testing.FakeEngine;
import dev.slipway.testing.Machine;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Garbage in an image server of the test's own, made from the installation's image.
@Tag("docker")
class ImageCollectionIT {
  private static final int KEPT = 5;
  private static final String LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip";
  private static final String CONFIG = "application/vnd.docker.container.image.v1+json";
  private static final String MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

  @TempDir Path home;
  private final String registry = "slipway-test-" + UUID.randomUUID().toString().substring(0, 8);
  private final Credential credential =
      new Credential("slipway", Machine.secret("registry-password"));
  private final HttpClient http = HttpClient.newHttpClient();
  private final FakeEngine engine = new FakeEngine();
  private DockerApi docker;
  private URI address;
  private ImageServer images;
  private Control control;
  private App app;

  @BeforeEach
  void start() throws Exception {
    docker = new DockerApi(Machine.DOCKER_SOCKET);
    docker(
        "run",
        "--detach",
        "--name",
        registry,
        "--label",
        "slipway.test=yes",
        "--publish",
        "127.0.0.1::5000",
        "--volume",
        "/var/lib/slipway/registry:/etc/slipway/registry:ro",
        "slipway-registry",
        "serve",
        "/etc/docker-registry.yml");
    address =
        URI.create("http://" + docker("port", registry, "5000").lines().findFirst().orElseThrow());
    images = new ImageServer(address, credential);
    Await.await("the image server", Duration.ofSeconds(20), images::answers);
    control = new Control(home, engine, StepObserver.NONE);
    app = control.app("orders");
  }

  @AfterEach
  void stop() throws Exception {
    control.close();
    docker("rm", "--force", "--volumes", registry);
    docker.close();
  }

  @Test
  void whatNoAppNeedsGoesWithItsBytes() throws Exception {
    var released = new ArrayList<ImageReference>();
    for (var number = 1; number <= KEPT + 2; number++) {
      released.add(released("build-" + number));
    }
    var pushed = push(app.id().toString(), "worker.latest", "pushed");
    var gone = push(AppId.of(UUID.randomUUID().toString()).toString(), "build", "of no app");
    var goneToo = push(gone.repository(), "web.latest", "pushed to no app");
    var other = push("somebody/else", "latest", "not ours");

    collection().collect();

    var kept = released.subList(2, released.size());
    for (var image : kept) {
      assertTrue(isThere(image), image::toString);
    }
    for (var image : released.subList(0, 2)) {
      assertFalse(isThere(image), image::toString);
    }
    assertFalse(isThere(gone) || isThere(goneToo));
    assertTrue(isThere(pushed) && isThere(other));
    assertEquals(404, blob(gone, "of no app"));
    assertEquals(404, blob(released.getFirst(), "build-1"));
    assertEquals(200, blob(kept.getFirst(), "build-3"));

    var again = push(app.id().toString(), "build-1", "build-1");
    assertEquals(released.getFirst(), again);
    assertEquals(200, blob(again, "build-1"));
  }

  private ImageCollection collection() {
    return new ImageCollection(
        images,
        registry,
        new Containers(docker),
        engine,
        control.apps(),
        control.releases(),
        new ImageWriters());
  }

  private boolean isThere(ImageReference image) {
    return images.find(image.repository(), image.digest()).isPresent();
  }

  private ImageReference released(String content) throws Exception {
    var image = push(app.id().toString(), content, content);
    var processes = new TreeMap<ProcessType, SlugProcess>();
    processes.put(ProcessType.WEB, new SlugProcess(image, null));
    var slug = new Slug(UUID.randomUUID(), app.id(), "", "Test", processes, Instant.now());
    control.releases().addSlug(slug);
    control
        .store()
        .useTransaction(db ->
            control
                .releases()
                .add(
                    db,
                    app.id(),
                    "Test",
                    ReleaseStatus.SUCCEEDED,
                    slug,
                    ConfigVars.NONE,
                    control.account().id()));
    return image;
  }

  /// An image of one layer, which is no archive: nobody runs it.
  private ImageReference push(String repository, String tag, String content) throws Exception {
    var layer = upload(repository, content);
    var config = upload(repository, "{\"of\": \"" + content + "\"}");
    var manifest =
        """
        {"schemaVersion": 2, "mediaType": "%s",
         "config": {"mediaType": "%s", "size": %d, "digest": "%s"},
         "layers": [{"mediaType": "%s", "size": %d, "digest": "%s"}]}
        """
            .formatted(
                MANIFEST,
                CONFIG,
                ("{\"of\": \"" + content + "\"}").length(),
                config,
                LAYER,
                content.length(),
                layer);
    var put =
        request("/v2/" + repository + "/manifests/" + tag)
            .header("Content-Type", MANIFEST)
            .PUT(BodyPublishers.ofString(manifest));
    var answer = send(put);
    assertEquals(201, answer.statusCode(), answer.body());
    return new ImageReference(
        repository, answer.headers().firstValue("Docker-Content-Digest").orElseThrow());
  }

  private String upload(String repository, String content) throws Exception {
    var begun =
        send(request("/v2/" + repository + "/blobs/uploads/").POST(BodyPublishers.noBody()));
    var location = begun.headers().firstValue("Location").orElseThrow();
    var separator = location.contains("?") ? "&" : "?";
    var put =
        request(location + separator + "digest=" + digest(content))
            .header("Content-Type", "application/octet-stream")
            .PUT(BodyPublishers.ofString(content));
    assertEquals(201, send(put).statusCode());
    return digest(content);
  }

  private int blob(ImageReference image, String content) throws Exception {
    var path = "/v2/" + image.repository() + "/blobs/" + digest(content);
    return send(request(path).method("HEAD", BodyPublishers.noBody())).statusCode();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(address.resolve(path))
        .header("Authorization", "Basic " + credential.basic().reveal());
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static String docker(String... arguments) throws Exception {
    var command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    assertEquals(0, process.waitFor(), said);
    return said;
  }

  private static String digest(String content) throws Exception {
    var digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(UTF_8));
    return "sha256:" + HexFormat.of().formatHex(digest);
  }
}
