package dev.slipway.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipway.image.ImageReference;
import dev.slipway.testing.Machine;
import java.io.IOException;
import java.util.Map;

/// The base image, which has a shell in it, under a name in the image server: engines pull by
/// digest only.
public final class TestImage {
  private TestImage() {}

  /// Pushes it.
  public static ImageReference push(DockerApi docker) throws IOException {
    var name = ImageReference.ENDPOINT + "/slipway-test/base";
    docker.post("/images/debian:trixie-slim/tag?repo=" + name + "&tag=test", null);
    var password = Machine.secret("registry-password");
    var auth = Map.of("X-Registry-Auth", SwarmEngine.registryAuth(password));
    try (var answer = docker.open("POST", "/images/" + name + "/push?tag=test", null, auth)) {
      var said = new String(answer.getBody().readAllBytes(), UTF_8);
      var digest = said.replaceAll("(?s).*\"Digest\":\"(sha256:[0-9a-f]{64})\".*", "$1");
      return new ImageReference("slipway-test/base", digest);
    } finally {
      docker.delete("/images/" + name + ":test");
    }
  }
}
