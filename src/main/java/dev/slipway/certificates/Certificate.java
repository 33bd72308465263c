package dev.slipway.certificates;

import dev.slipway.apps.Domain;
import dev.slipway.core.AppId;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A certificate of an app, which Heroku calls an SNI endpoint. Its key is not in here.
///
/// @param name what commands call it, unique within the app
/// @param chain PEM, the server's own certificate first
/// @param fingerprint of the chain; changes when the certificate is replaced
/// @param names the host names that it is for, `*.` in front for one label of any kind
/// @param endsAt when it expires
public record Certificate(
    UUID id,
    AppId app,
    String name,
    String chain,
    String fingerprint,
    List<String> names,
    Instant endsAt,
    Instant createdAt,
    Instant updatedAt) {
  /// Copies the list.
  public Certificate {
    names = List.copyOf(names);
  }

  /// The one that a domain is served with: that which its owner chose, else of those that are for
  /// its name the one that holds longest.
  ///
  /// @param ofApp the certificates of the domain's app
  public static Optional<Certificate> of(Domain domain, List<Certificate> ofApp) {
    var chosen = ofApp.stream().filter(each -> each.id().equals(domain.certificate())).findFirst();
    return chosen.or(() ->
        ofApp.stream()
            .filter(each -> covers(each.names(), domain.hostname()))
            .max(Comparator.comparing(Certificate::endsAt)));
  }

  /// Whether clients take a certificate for these names as the host's: the name itself, or a
  /// wildcard in place of its first label. A wildcard domain needs the wildcard itself.
  static boolean covers(List<String> names, String hostname) {
    var dot = hostname.indexOf('.');
    var wildcard = "*" + hostname.substring(Math.max(dot, 0));
    return names.contains(hostname) || (dot > 0 && names.contains(wildcard));
  }
}
