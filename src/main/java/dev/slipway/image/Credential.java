package dev.slipway.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipway.core.Secret;
import java.util.Base64;

/// Who the image server lets in.
public record Credential(String user, Secret password) {
  /// The two in the form that HTTP's Basic scheme and the engine's settings file have in common.
  public Secret basic() {
    var pair = user + ":" + password.reveal();
    return new Secret(Base64.getEncoder().encodeToString(pair.getBytes(UTF_8)));
  }
}
