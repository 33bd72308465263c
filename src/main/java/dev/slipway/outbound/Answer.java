package dev.slipway.outbound;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/// What a target answers.
///
/// @param location where it says that the thing lies instead, or null
/// @param body ends with the call that reads it
public record Answer(int status, @Nullable String location, InputStream body) {
  static Answer of(ClassicHttpResponse answer) throws IOException {
    var location = answer.getFirstHeader(HttpHeaders.LOCATION);
    return new Answer(
        answer.getCode(),
        location == null ? null : location.getValue(),
        answer.getEntity() == null
            ? InputStream.nullInputStream()
            : answer.getEntity().getContent());
  }

  /// Whether it says that the thing lies elsewhere.
  public boolean isRedirect() {
    return status / 100 == 3 && location != null;
  }
}
