package dev.slipway.deploy;

import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;

/// What a docker client sends, to be passed on to the image server as it came.
///
/// @param headers those that are passed on
/// @param bytes the body, read once
/// @param length how many bytes the body has, or -1 where its sender does not say
public record Transfer(String method, Map<String, String> headers, InputStream bytes, long length) {
  BodyPublisher body() {
    if (length == 0) {
      return BodyPublishers.noBody();
    }
    var stream = BodyPublishers.ofInputStream(() -> bytes);
    return length < 0 ? stream : BodyPublishers.fromPublisher(stream, length);
  }
}
