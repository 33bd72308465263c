package dev.slipway.faults;

import static dev.slipway.testing.Await.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Sources that try to leave their directory, and one that is very large.
@Tag("docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SourceTricksIT {
  private final FaultApp app = FaultApp.serving("good");

  @AfterAll
  void clean() {
    app.close();
  }

  @Test
  void tarballWithNamesAbove() throws Exception {
    var target = Path.of("/tmp/slipway-fault-escaped");
    assertFails("tarball with ../", tar(file("../../../../../.." + target, "x")), "leaves");
    assertFalse(Files.exists(target));
  }

  @Test
  void tarballWithALinkThatLeaves() throws Exception {
    assertFails("tarball with a link to /etc", tar(link("etc", "/etc")), "leaves the source tree");
    assertFails(
        "tarball with a link upwards", tar(link("up", "../../..")), "leaves the source tree");
  }

  @Test
  void uploadThatIsNoTarball() throws Exception {
    assertFails("upload that is no tarball", "hello".repeat(300).getBytes(UTF_8), "tar archive");
  }

  @Test
  @Tag("long")
  void pushOf500Megabytes() throws IOException {
    var random = new SplittableRandom(1);
    var chunk = new byte[50 << 20];
    app.repository().commit(Sources.good("large"));
    for (var i = 0; i < 10; i++) {
      random.nextBytes(chunk);
      Files.write(app.repository().directory().resolve("data" + i), chunk);
    }
    Files.writeString(app.repository().directory().resolve(".dockerignore"), "data*\n");
    app.repository().commit();
    try (var load = Steady.during("push of 500 MB", app)) {
      var push = app.repository().push();
      assertTrue(push.accepted(), push.output());
      app.awaitMarker("large");
      assertTrue(app.push(Sources.good("good")).accepted());
      load.assertNothingLost();
    }
  }

  private void assertFails(String fault, byte[] content, String why) throws Exception {
    try (var load = Steady.during(fault, app)) {
      var blob = Api.call("POST", "/sources", null).json().path("source_blob");
      assertEquals(200, Api.upload(blob.path("put_url").asString(), content).status());
      var body = Map.of("source_blob", Map.of("url", blob.path("get_url").asString()));
      var build = Api.call("POST", app.path("builds"), Api.json(body)).json();
      var id = build.path("id").asString();
      await(
          "the build has failed",
          Duration.ofSeconds(20),
          () ->
              Api.get(app.path("builds/" + id)).json().path("status").asString().equals("failed"));
      var output = output(build.path("output_stream_url").asString());
      assertTrue(output.contains(why), output);
      assertFalse(output.contains("nternal error"), output);
      assertEquals("good", app.marker());
      load.assertNothingLost();
    }
  }

  private static String output(String url) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
          .body();
    }
  }

  private record Entry(TarArchiveEntry entry, String content) {}

  private static Entry file(String name, String text) {
    var entry = new TarArchiveEntry(name, true);
    entry.setSize(text.length());
    return new Entry(entry, text);
  }

  private static Entry link(String name, String target) {
    var entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
    entry.setLinkName(target);
    return new Entry(entry, "");
  }

  private static byte[] tar(Entry trick) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes)) {
      for (var each : new Entry[] {file("index.html", "hello"), trick}) {
        tar.putArchiveEntry(each.entry());
        tar.write(each.content().getBytes(UTF_8));
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }
}
