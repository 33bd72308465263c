package dev.slipway.image;

import java.util.regex.Pattern;

/// An image in the image server, by digest: the same name always means the same bytes.
///
/// @param repository its repository, such as an app's id
/// @param digest `sha256:` and 64 hexadecimal digits
public record ImageReference(String repository, String digest) {
  /// Every host reaches the image server at this address, through its own router.
  public static final String ENDPOINT = "127.0.0.1:5000";

  private static final Pattern REPOSITORY =
      Pattern.compile("[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*");
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  /// Checks both parts.
  public ImageReference {
    if (!REPOSITORY.matcher(repository).matches()) {
      throw new IllegalArgumentException("not a repository: " + repository);
    }
    if (!DIGEST.matcher(digest).matches()) {
      throw new IllegalArgumentException("not a digest: " + digest);
    }
  }

  /// Parses `repository@digest`.
  public static ImageReference of(String text) {
    var at = text.indexOf('@');
    if (at < 0) {
      throw new IllegalArgumentException("not an image by digest: " + text);
    }
    return new ImageReference(text.substring(0, at), text.substring(at + 1));
  }

  /// The name that a host pulls it by.
  public String onHost() {
    return ENDPOINT + "/" + this;
  }

  @Override
  public String toString() {
    return repository + "@" + digest;
  }
}
