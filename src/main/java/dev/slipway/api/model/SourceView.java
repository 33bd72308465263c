package dev.slipway.api.model;

/// Where to send a tarball that is to be built.
public record SourceView(Blob sourceBlob) {
  /// The URLs to send it to and to name in a build.
  public record Blob(String getUrl, String putUrl) {}
}
