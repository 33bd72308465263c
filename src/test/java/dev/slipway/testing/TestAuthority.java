package dev.slipway.testing;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// An authority for tests: signs certificates of any kind, good and bad.
///
/// @param certificate PEM
public record TestAuthority(String name, KeyPair keys, String certificate) {
  private static final Duration DAY = Duration.ofDays(1);

  /// A certificate and its key, both PEM.
  public record Issued(String certificate, String key) {}

  /// An authority that nobody vouches for.
  public static TestAuthority root(String name) {
    var keys = ec("secp256r1");
    var now = Instant.now();
    return new TestAuthority(
        name,
        keys,
        sign(name, keys, name, keys, true, now.minus(DAY), now.plus(DAY.multipliedBy(9))));
  }

  /// An authority that this one vouches for.
  public TestAuthority below(String name) {
    var own = ec("secp256r1");
    var now = Instant.now();
    return new TestAuthority(
        name,
        own,
        sign(this.name, keys, name, own, true, now.minus(DAY), now.plus(DAY.multipliedBy(8))));
  }

  /// A server's certificate that holds for a day, on a fresh EC key.
  public Issued issue(String... hosts) {
    return issue(ec("secp256r1"), hosts);
  }

  /// The same for a key of any kind.
  public Issued issue(KeyPair own, String... hosts) {
    var now = Instant.now();
    return issue(own, now.minus(DAY), now.plus(DAY), hosts);
  }

  /// The same, of any time.
  public Issued issue(KeyPair own, Instant from, Instant to, String... hosts) {
    return new Issued(sign(name, keys, hosts[0], own, false, from, to, hosts), pem(own));
  }

  /// The certificate of a node's agent.
  public Issued agent(String node) {
    var own = ec("secp256r1");
    var now = Instant.now();
    var name =
        new X500NameBuilder().addRDN(BCStyle.O, "Slipway agent").addRDN(BCStyle.CN, node).build();
    return new Issued(
        sign(
            new X500Name("CN=" + this.name), keys, name, own, false, now.minus(DAY), now.plus(DAY)),
        pem(own));
  }

  /// An address stands there as a name, too: pgBackRest looks for nothing else.
  private static Stream<GeneralName> names(String host) {
    var name = new GeneralName(GeneralName.dNSName, host);
    return host.matches("[0-9.]+")
        ? Stream.of(name, new GeneralName(GeneralName.iPAddress, host))
        : Stream.of(name);
  }

  /// A fresh EC key.
  public static KeyPair ec(String curve) {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A fresh RSA key.
  public static KeyPair rsa(int bits) {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A key as PKCS #8.
  public static String pem(KeyPair keys) {
    try {
      return pem(new JcaPKCS8Generator(keys.getPrivate(), null));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Any object of Bouncy Castle's as PEM.
  public static String pem(Object object) throws IOException {
    var text = new StringWriter();
    try (var writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }

  private static String sign(
      String issuer,
      KeyPair by,
      String subject,
      KeyPair own,
      boolean authority,
      Instant from,
      Instant to,
      String... hosts) {
    return sign(
        new X500Name("CN=" + issuer),
        by,
        new X500Name("CN=" + subject),
        own,
        authority,
        from,
        to,
        hosts);
  }

  private static String sign(
      X500Name issuer,
      KeyPair by,
      X500Name subject,
      KeyPair own,
      boolean authority,
      Instant from,
      Instant to,
      String... hosts) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              issuer,
              new BigInteger(100, new SecureRandom()),
              Date.from(from),
              Date.from(to),
              subject,
              own.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      if (hosts.length > 0) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(
                Arrays.stream(hosts).flatMap(TestAuthority::names).toArray(GeneralName[]::new)));
      }
      X509CertificateHolder signed =
          builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate()));
      return pem(signed);
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }
}
