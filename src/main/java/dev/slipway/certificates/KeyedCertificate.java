package dev.slipway.certificates;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.jspecify.annotations.Nullable;

/// A certificate chain with the private key of its first certificate, checked to be what a router
/// can serve.
///
/// @param privateKey PKCS #8, in Base64
public record KeyedCertificate(CertificateChain chain, Secret privateKey) {
  private static final int LONGEST = 100_000;
  private static final int MOST_CERTIFICATES = 10;
  private static final int LEAST_RSA_BITS = 2048;
  private static final byte[] SAMPLE = "slipway".getBytes(StandardCharsets.US_ASCII);

  /// Reads what a person sent.
  ///
  /// @param chain certificates as PEM, in any order
  /// @param key an RSA or EC key as PEM, in the clear
  /// @throws UserError when it can't be served; says why and what to do, and nothing of the key
  public static KeyedCertificate parse(String chain, Secret key, Instant now) {
    var certificates = certificates(chain);
    var privateKey = privateKey(key);
    var own =
        certificates.stream()
            .filter(each -> belongs(privateKey, each.getPublicKey()))
            .findFirst()
            .orElseThrow(() ->
                refused(
                    "Key doesn't match the PEM certificate",
                    "the private key is not that of any certificate sent",
                    "openssl x509 -noout -pubkey -in CRT and openssl pkey -pubout -in KEY must"
                        + " print the same"));
    var ordered = CertificateChain.from(own, certificates);
    requireWhole(ordered, certificates);
    requireStrong(ordered);
    requireCurrent(ordered, now);
    requireNames(ordered);
    return new KeyedCertificate(
        ordered, new Secret(Base64.getEncoder().encodeToString(privateKey.getEncoded())));
  }

  private static List<X509Certificate> certificates(String text) {
    requireShort(text, "certificate_chain");
    var pem = Pem.read(text);
    if (!pem.keys().isEmpty() || pem.sealedKeys() > 0) {
      throw refused(
          "certificate_chain holds a private key",
          "the certificate comes first, and its key in a file of its own",
          "heroku certs:add CRT KEY");
    }
    if (pem.certificates().isEmpty() || pem.unreadable()) {
      throw refused(
          "No certificate can be read from certificate_chain",
          "it must be PEM, with lines BEGIN CERTIFICATE and END CERTIFICATE",
          "openssl x509 -inform der -in FILE -out FILE.pem makes PEM of a binary one");
    }
    if (pem.certificates().size() > MOST_CERTIFICATES) {
      throw refused(
          "certificate_chain holds " + pem.certificates().size() + " certificates",
          "a chain is the server's own and those between it and its authority",
          null);
    }
    return pem.certificates();
  }

  private static PrivateKey privateKey(Secret key) {
    requireShort(key.reveal(), "private_key");
    var pem = Pem.read(key.reveal());
    if (pem.sealedKeys() > 0) {
      throw refused(
          "The private key asks for a password",
          "routers start without anybody there to type it",
          "openssl pkey -in KEY -out KEY.plain writes it without");
    }
    if (pem.keys().isEmpty() && !pem.certificates().isEmpty()) {
      throw refused(
          "private_key holds a certificate",
          "the certificate comes first, then its key",
          "heroku certs:add CRT KEY");
    }
    if (pem.keys().size() != 1 || pem.unreadable()) {
      throw refused(
          pem.keys().size() > 1
              ? "private_key holds several keys"
              : "No key can be read from private_key",
          "it must be PEM, with lines BEGIN PRIVATE KEY and END PRIVATE KEY",
          "openssl pkey -in KEY -text -noout shows what a file holds");
    }
    try {
      return new JcaPEMKeyConverter().getPrivateKey(pem.keys().getFirst());
    } catch (PEMException | RuntimeException unknown) {
      throw unusableKey();
    }
  }

  private static boolean belongs(PrivateKey key, PublicKey to) {
    try {
      var signature = Signature.getInstance("SHA256with" + algorithm(key));
      signature.initSign(key);
      signature.update(SAMPLE);
      var signed = signature.sign();
      signature.initVerify(to);
      signature.update(SAMPLE);
      return signature.verify(signed);
    } catch (GeneralSecurityException differentKinds) {
      return false;
    }
  }

  private static String algorithm(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "RSA";
      case "EC" -> "ECDSA";
      default -> throw unusableKey();
    };
  }

  private static void requireWhole(CertificateChain chain, List<X509Certificate> all) {
    all.stream()
        .filter(each -> !chain.certificates().contains(each))
        .findFirst()
        .ifPresent(stranger -> {
          throw refused(
              "The certificates are no chain",
              "nothing sent was signed by "
                  + Distinguished.text(stranger.getSubjectX500Principal())
                  + ", or a certificate between them is missing",
              "Send the server's certificate and those that lead to its authority, no others");
        });
  }

  /// What OpenSSL in the router would refuse to load, or clients to trust.
  private static void requireStrong(CertificateChain chain) {
    switch (chain.own().getPublicKey()) {
      case RSAPublicKey rsa when rsa.getModulus().bitLength() < LEAST_RSA_BITS ->
          throw refused(
              "The key is too weak",
              "it is RSA of " + rsa.getModulus().bitLength() + " bits, and 2048 are the least",
              "heroku certs:generate makes a new one");
      case RSAPublicKey _ -> {}
      case ECPublicKey _ -> {}
      default -> throw unusableKey();
    }
    for (var each : chain.certificates()) {
      var algorithm = each.getSigAlgName().toUpperCase(Locale.ROOT);
      if (algorithm.matches("(MD[25]|SHA1)WITH.*") && !CertificateChain.signed(each, each)) {
        throw refused(
            "The certificate of "
                + Distinguished.text(each.getSubjectX500Principal())
                + " is signed too weakly",
            "its signature is " + each.getSigAlgName() + ", which clients no longer trust",
            "Have it issued anew");
      }
    }
  }

  private static void requireCurrent(CertificateChain chain, Instant now) {
    for (var each : chain.certificates()) {
      var name = Distinguished.text(each.getSubjectX500Principal());
      if (each.getNotAfter().toInstant().isBefore(now)) {
        throw refused(
            "The certificate of " + name + " has expired",
            "it ended at " + each.getNotAfter().toInstant(),
            "Have it issued anew");
      }
      if (each.getNotBefore().toInstant().isAfter(now)) {
        throw refused(
            "The certificate of " + name + " does not hold yet",
            "it begins at " + each.getNotBefore().toInstant(),
            "Add it then; it would be served at once");
      }
    }
  }

  private static void requireNames(CertificateChain chain) {
    if (chain.names().isEmpty()) {
      throw refused(
          "The certificate is for no host name",
          "it names neither a DNS name nor a common name",
          null);
    }
  }

  private static void requireShort(String text, String field) {
    if (text.length() > LONGEST) {
      throw refused(field + " is longer than " + LONGEST / 1000 + " KB", null, null);
    }
  }

  private static UserError unusableKey() {
    return refused(
        "The private key can't be used",
        "it must be RSA, or EC on the curve P-256, P-384 or P-521",
        "openssl pkey -in KEY -text -noout shows what it is");
  }

  private static UserError refused(String what, @Nullable String why, @Nullable String hint) {
    return new UserError(new Problem(ErrorCode.INVALID_PARAMS, what, why, hint));
  }
}
