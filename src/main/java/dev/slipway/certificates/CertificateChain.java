package dev.slipway.certificates;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;

/// A server's certificate with those that vouch for it, each signed by the next. Immutable.
///
/// @param certificates the server's own first
public record CertificateChain(List<X509Certificate> certificates) {
  private static final int DNS_NAME = 2;

  /// Copies the list.
  public CertificateChain {
    certificates = List.copyOf(certificates);
  }

  /// Reads what `pem` gave.
  public static CertificateChain parse(String pem) {
    return new CertificateChain(Pem.read(pem).certificates());
  }

  X509Certificate own() {
    return certificates.getFirst();
  }

  /// The host names that it is for, in lower case; its common name where it has no others.
  public List<String> names() {
    try {
      var names = new ArrayList<String>();
      var alternatives = own().getSubjectAlternativeNames();
      for (var name : alternatives == null ? List.<List<?>>of() : alternatives) {
        var text = String.valueOf(name.getLast()).toLowerCase(Locale.ROOT);
        if (name.getFirst().equals(DNS_NAME) && !text.contains(" ")) {
          names.add(text);
        }
      }
      return names.isEmpty() ? commonName(own().getSubjectX500Principal()) : List.copyOf(names);
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }

  private static List<String> commonName(X500Principal subject) {
    try {
      return new LdapName(subject.getName())
          .getRdns().stream()
              .filter(part -> part.getType().equalsIgnoreCase("CN"))
              .map(part -> String.valueOf(part.getValue()).toLowerCase(Locale.ROOT))
              .filter(name -> !name.contains(" "))
              .toList();
    } catch (InvalidNameException e) {
      return List.of();
    }
  }

  /// Who signed it, as OpenSSL writes names.
  public String issuer() {
    return Distinguished.text(own().getIssuerX500Principal());
  }

  /// Whom it is for, as OpenSSL writes names.
  public String subject() {
    return Distinguished.text(own().getSubjectX500Principal());
  }

  /// When it begins to hold.
  public Instant startsAt() {
    return own().getNotBefore().toInstant();
  }

  /// When it ends.
  public Instant endsAt() {
    return own().getNotAfter().toInstant();
  }

  /// Whether nobody vouches for it but itself.
  public boolean isSelfSigned() {
    return signed(own(), own());
  }

  /// Whether it leads to an authority that this installation's Java trusts, which are those that
  /// browsers trust, too.
  public boolean isPubliclyTrusted() {
    return PublicAuthorities.vouchFor(certificates);
  }

  /// Tells chains apart: the SHA-256 of all certificates, in hexadecimal.
  public String fingerprint() {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      for (var each : certificates) {
        digest.update(each.getEncoded());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  /// As PEM, the server's own first.
  public String pem() {
    var text = new StringWriter();
    try (var writer = new JcaPEMWriter(text)) {
      for (var each : certificates) {
        writer.writeObject(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /// Puts certificates in order, whatever order they came in: from the server's own, each followed
  /// by the one that signed it.
  ///
  /// @return the chain; those of `all` that are not in it lead nowhere
  static CertificateChain from(X509Certificate own, Collection<X509Certificate> all) {
    var chain = new ArrayList<X509Certificate>(List.of(own));
    var left = new ArrayList<>(all);
    left.removeIf(own::equals);
    while (!signed(chain.getLast(), chain.getLast())) {
      var next = left.stream().filter(each -> signed(chain.getLast(), each)).findFirst();
      if (next.isEmpty()) {
        break;
      }
      chain.add(next.get());
      left.removeIf(next.get()::equals);
    }
    return new CertificateChain(chain);
  }

  static boolean signed(X509Certificate certificate, X509Certificate by) {
    if (!certificate.getIssuerX500Principal().equals(by.getSubjectX500Principal())) {
      return false;
    }
    try {
      certificate.verify(by.getPublicKey());
      return true;
    } catch (GeneralSecurityException notItsKey) {
      return false;
    }
  }
}
