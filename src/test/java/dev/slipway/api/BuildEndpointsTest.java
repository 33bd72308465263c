package dev.slipway.api;

import static dev.slipway.testing.Await.await;
import static dev.slipway.testing.Await.awaitValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A tarball is uploaded or fetched, built, and its output can be read while it runs.
class BuildEndpointsTest {
  private @TempDir Path home;
  private TestApi api;

  @BeforeEach
  void start() {
    api = new TestApi(home);
    api.send("POST", "/apps", "{\"name\":\"orders\"}");
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void anUploadIsBuilt() throws Exception {
    var url = upload(tarball("app/package.json", "app/slow"));
    var build = build(url, "v7");
    assertEquals("pending", build.get("status").stringValue());
    var output = fetch(build.get("output_stream_url").stringValue());
    assertTrue(output.contains("Building on the fake stack"), output);
    assertTrue(output.contains("Released v2"), output);
    var ended = ended(build);
    assertEquals("succeeded", ended.get("status").stringValue());
    assertEquals("v7", ended.get("source_blob").get("version").stringValue());
    assertEquals(List.of(List.of("package.json", "slow")), api.operations.built);
    assertEquals(2, api.get("/apps/orders/releases").json().size());
    await("nothing to be left", this::nothingIsLeft);
  }

  @Test
  void itIsFetchedFromElsewhere() throws Exception {
    try (var other = new TestApi(Files.createDirectory(home.resolve("other")))) {
      var put = other.send("POST", "/sources", "{}").json().get("source_blob").get("put_url");
      put(put.stringValue(), tarball("a"));
      assertEquals("succeeded", ended(build(put.stringValue(), "1")).get("status").stringValue());
    }
  }

  @Test
  void aSourceThatCantBeHadFailsTheBuild() throws Exception {
    for (var url :
        List.of(
            "http://localhost:1/a.tgz",
            api.url() + "/nonesuch",
            api.url() + "/uploads/abcdef",
            upload("no tarball".getBytes(StandardCharsets.UTF_8)),
            upload(tarball("../evil")))) {
      var build = ended(build(url, "1"));
      assertEquals("failed", build.get("status").stringValue(), url);
      var output = fetch(build.get("output_stream_url").stringValue());
      assertTrue(output.startsWith("The source can't be"), output);
    }
    assertEquals(1, api.get("/apps/orders/releases").json().size());
    await("nothing to be left", this::nothingIsLeft);
  }

  @Test
  void theOutputsKeyIsNeeded() throws Exception {
    var build = build(upload(tarball("a")), "1");
    var url = build.get("output_stream_url").stringValue();
    var path = URI.create(url).getPath();
    assertEquals(404, api.bare("GET", path.substring(0, path.length() - 1), null).status());
    assertEquals(200, api.bare("GET", path, null).status());
  }

  @Test
  void anUploadWithoutReservationIsRefused() {
    assertEquals(404, api.bare("PUT", "/uploads/abcdef", "x").status());
  }

  private String upload(byte[] tarball) throws Exception {
    var blob = api.send("POST", "/apps/orders/sources", "{}").json().get("source_blob");
    put(blob.get("put_url").stringValue(), tarball);
    return blob.get("get_url").stringValue();
  }

  private static void put(String url, byte[] content) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(url)).PUT(BodyPublishers.ofByteArray(content)).build();
    try (var client = HttpClient.newHttpClient()) {
      assertEquals(200, client.send(request, BodyHandlers.discarding()).statusCode());
    }
  }

  private JsonNode build(String url, String version) {
    var answer =
        api.send(
            "POST",
            "/apps/orders/builds",
            "{\"source_blob\":{\"url\":\"" + url + "\",\"version\":\"" + version + "\"}}");
    assertEquals(201, answer.status());
    return answer.json();
  }

  private JsonNode ended(JsonNode build) {
    var path = "/apps/orders/builds/" + build.get("id").stringValue();
    return awaitValue(
        "the build's end",
        () -> api.get(path).json(),
        now -> !now.get("status").stringValue().equals("pending"));
  }

  private static String fetch(String url) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create(url)).build();
      return client.send(request, BodyHandlers.ofString()).body();
    }
  }

  private boolean nothingIsLeft() throws Exception {
    var builds = home.resolve("builds");
    if (!Files.exists(builds)) {
      return true;
    }
    try (var left = Files.list(builds)) {
      return left.findAny().isEmpty();
    }
  }

  private static byte[] tarball(String... names) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      for (var name : names) {
        var entry = new TarArchiveEntry(name, true);
        entry.setSize(1);
        tar.putArchiveEntry(entry);
        tar.write('x');
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }
}
