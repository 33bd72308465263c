package dev.slipway.router;

import dev.slipway.core.Secret;
import java.util.Optional;

/// A certificate as a router serves it.
///
/// @param fingerprint tells it from all others; stands in the table
/// @param chain PEM, the server's own first
/// @param key PKCS #8 in Base64
public record ServerCertificate(String fingerprint, String chain, Secret key) {
  /// Where the endpoint gets certificates that the table names.
  @FunctionalInterface
  public interface Source {
    /// The certificate, unless it was removed meanwhile.
    Optional<ServerCertificate> find(String fingerprint);
  }
}
