package dev.slipway.api.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A certificate of an app, with the ids of the domains that it serves.
public record SniEndpointView(
    Reference app,
    String certificateChain,
    Instant createdAt,
    @Nullable String displayName,
    List<UUID> domains,
    UUID id,
    String name,
    SslCert sslCert,
    Instant updatedAt) {
  /// What stands in the certificate.
  ///
  /// @param acm whether the platform renews it
  public record SslCert(
      boolean acm,
      @JsonProperty("ca_signed?") boolean caSigned,
      List<String> certDomains,
      Instant expiresAt,
      UUID id,
      String issuer,
      @JsonProperty("self_signed?") boolean selfSigned,
      Instant startsAt,
      String subject) {}
}
