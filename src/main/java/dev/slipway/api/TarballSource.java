package dev.slipway.api;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where a tarball lies.
///
/// @param version what its sender calls it, such as a commit id; may be empty
/// @param sha256 its checksum in hexadecimal, or null
record TarballSource(URI url, String version, @Nullable String sha256) {
  private static final Pattern CHECKSUM = Pattern.compile("(?:(?i)sha256:)([0-9a-fA-F]{64})");
  private static final Pattern UPLOAD = Pattern.compile("/uploads/([0-9a-f]{1,64})");
  private static final int LONGEST_VERSION = 200;

  /// Reads a `source_blob`.
  static TarballSource of(Body blob) {
    return of(
        blob.text("url"),
        blob.optionalText("version").orElse(""),
        blob.optionalText("checksum").orElse(null));
  }

  private static TarballSource of(String url, String version, @Nullable String checksum) {
    if (version.length() > LONGEST_VERSION || version.chars().anyMatch(c -> c < ' ')) {
      throw Body.invalid("source_blob.version must be one line of 200 characters at the most.");
    }
    return new TarballSource(uri(url), version, checksum == null ? null : sha256(checksum));
  }

  /// The key of the upload that it is, if it was sent to this server: the path says whether it may
  /// be, and the key, which nobody guesses, whether it is.
  Optional<String> upload() {
    var match = UPLOAD.matcher(url.getPath());
    return match.matches() ? Optional.of(match.group(1)) : Optional.empty();
  }

  private static URI uri(String url) {
    try {
      var uri = new URI(url);
      var scheme = uri.getScheme();
      if (scheme != null
          && List.of("http", "https").contains(scheme.toLowerCase(Locale.ROOT))
          && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException _) {
      // said below
    }
    throw Body.invalid("source_blob.url must be an http or https URL.");
  }

  private static String sha256(String checksum) {
    var match = CHECKSUM.matcher(checksum);
    if (!match.matches()) {
      throw Body.invalid("source_blob.checksum must be SHA256: and 64 hexadecimal digits.");
    }
    return match.group(1).toLowerCase(Locale.ROOT);
  }
}
