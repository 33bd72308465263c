package dev.slipway.install;

import dev.slipway.engine.Images;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;

/// Brings system images from this machine's engine to another host's: a host that joins has no
/// router yet to pull by, and system images are in no image server.
///
/// @param here this machine's
/// @param there the other host's
record ImageDelivery(Images here, Images there) {
  /// Sends those that the host has not, or has otherwise.
  String bring(List<String> parts, Consumer<String> detail) {
    var brought = 0;
    for (var part : parts) {
      var name = SystemImages.of(part);
      var own = here.find(name).orElseThrow();
      if (there.find(name).map(image -> !image.id().equals(own.id())).orElse(true)) {
        detail.accept("sending " + name);
        send(name);
        brought++;
      }
    }
    return brought == 0 ? parts.size() + " there already" : brought + " sent";
  }

  private void send(String name) {
    try (var archive = here.save(name)) {
      there.load(archive);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
