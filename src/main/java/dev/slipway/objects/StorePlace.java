package dev.slipway.objects;

import static java.util.Objects.requireNonNull;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.ServiceMetadata;

/// Where in a store things are kept: below a prefix in a bucket.
///
/// @param prefix without slashes around it; empty for the whole bucket
/// @param endpoint the store's address, without a path
/// @param region by which requests are signed
public record StorePlace(String bucket, String prefix, URI endpoint, String region) {
  private static final String SCHEME = "s3://";
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final Pattern PREFIX =
      Pattern.compile("([A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)?");
  private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,32}");

  /// Stores other than Amazon's take any; this is what most call theirs.
  private static final String ANY_REGION = "us-east-1";

  /// Requires each part to be well-formed.
  public StorePlace {
    if (!BUCKET.matcher(bucket).matches()) {
      throw refused(
          "'" + bucket + "' can't be a bucket",
          "it has 3 to 63 small letters, digits, dots and dashes",
          "such as s3://company-slipway/production");
    }
    if (prefix.length() > 256 || !PREFIX.matcher(prefix).matches()) {
      throw refused(
          "'" + prefix + "' can't be a prefix",
          "it has words of letters, digits, dots, dashes and underscores, with a slash between",
          "such as s3://company-slipway/production");
    }
    if (!REGION.matcher(region).matches()) {
      throw refused("'" + region + "' can't be a region", null, "such as eu-central-1");
    }
  }

  /// The place that somebody named.
  ///
  /// @param url `s3://BUCKET/PREFIX`
  /// @param endpoint the store's address, or null for Amazon's
  /// @param region null for what a store that is not Amazon's takes
  public static StorePlace of(String url, @Nullable String endpoint, @Nullable String region) {
    if (!url.startsWith(SCHEME)) {
      throw refused("'" + url + "' is no store", null, "s3://BUCKET or s3://BUCKET/PREFIX");
    }
    var parts = url.substring(SCHEME.length()).replaceAll("/+$", "").split("/", 2);
    var prefix = parts.length == 1 ? "" : parts[1];
    if (endpoint != null) {
      return new StorePlace(
          parts[0], prefix, address(endpoint), region == null ? ANY_REGION : region);
    }
    if (region == null) {
      throw refused(
          "There is no word of which region the bucket is in",
          null,
          "--region eu-central-1; or --endpoint URL for a store that is not Amazon's");
    }
    return new StorePlace(parts[0], prefix, amazons(region), region);
  }

  private static URI amazons(String region) {
    if (!REGION.matcher(region).matches()) {
      throw refused("'" + region + "' can't be a region", null, "such as eu-central-1");
    }
    return requireNonNull(
        URI.create("https://" + ServiceMetadata.of("s3").endpointFor(Region.of(region))));
  }

  private static URI address(String text) {
    try {
      var uri = new URI(text.contains("://") ? text : "https://" + text);
      var path = uri.getPath();
      if (uri.getHost() != null
          && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
          && (path == null || path.isEmpty() || path.equals("/"))
          && uri.getUserInfo() == null
          && uri.getQuery() == null
          && uri.getFragment() == null) {
        return URI.create(uri.getScheme() + "://" + uri.getAuthority());
      }
    } catch (URISyntaxException e) {
      // Told below.
    }
    throw refused(
        "'" + text + "' can't be the address of a store",
        "it has a host, and a port where that is not the usual one; no path",
        "such as --endpoint https://storage.example.com:9000");
  }

  /// The same as one word.
  public String url() {
    return SCHEME + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
  }

  /// The whole name of an object that is called so below the prefix.
  public String key(String name) {
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  static UserError refused(String what, @Nullable String why, String hint) {
    return new UserError(new Problem(ErrorCode.INVALID_PARAMS, what, why, hint));
  }
}
