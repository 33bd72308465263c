package dev.slipway.install;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.stream.Stream;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.CertException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/// The installation's own certificate authority. It may vouch for this host's local names and for
/// nothing else, so that trusting it gives away nothing.
final class CertificateAuthority {
  private static final String AGENT = "Slipway agent";
  private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);
  private static final Duration LEAF_LIFE = Duration.ofDays(365);
  private static final Duration RENEWAL = Duration.ofDays(30);
  private static final Duration CLOCK_SKEW = Duration.ofHours(1);

  private final Home home;
  private final String hostName;

  CertificateAuthority(Home home, String hostName) {
    this.home = home;
    this.hostName = hostName;
  }

  /// Makes the authority once, and the certificate of control and router anew when it is near its
  /// end.
  String ensure() {
    var madeAuthority = !Files.exists(home.tls("ca.crt")) || !Files.exists(home.tls("ca.key"));
    var leaf = home.tls("control.crt");
    var madeLeaf = madeAuthority || isNearEnd(leaf) || !hasAllNames(leaf);
    try {
      if (madeAuthority) {
        makeAuthority();
      }
      if (madeLeaf) {
        makeLeaf();
      }
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("can't make a certificate", e);
    }
    return madeAuthority ? "made" : madeLeaf ? "certificate renewed" : "there already";
  }

  /// What an agent shows to control, and what it knows control by.
  ///
  /// @param certificate its own, in PEM
  /// @param key its private key
  /// @param authority the certificate of this authority
  record AgentFiles(String certificate, String key, String authority) {}

  /// A new certificate for the agent of a node. It lasts as long as the authority: control asks
  /// whether the node is one of the fleet whenever an agent comes.
  AgentFiles agent(String node) {
    try {
      var authority = certificate(home.tls("ca.crt"));
      var keys = newKeys();
      var certificate = certificate(authority.getSubject(), agentName(node), keys, AUTHORITY_LIFE);
      certificate.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      certificate.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      certificate.addExtension(
          Extension.extendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
      return new AgentFiles(
          pem(signed(certificate, privateKey(home.tls("ca.key")))),
          pem(new PemObject("PRIVATE KEY", keys.getPrivate().getEncoded())),
          pem(authority));
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("can't make a certificate", e);
    }
  }

  private static X500Name agentName(String node) {
    return new X500NameBuilder().addRDN(BCStyle.O, AGENT).addRDN(BCStyle.CN, node).build();
  }

  /// Whether a certificate in PEM is one that this authority gave to the agent of that node.
  boolean isAgent(String pem, String node) {
    try (var parser = new PEMParser(new StringReader(pem))) {
      return parser.readObject() instanceof X509CertificateHolder found
          && found.getSubject().equals(agentName(node))
          && found.getNotAfter().toInstant().isAfter(Instant.now().plus(RENEWAL))
          && found.isSignatureValid(
              new JcaContentVerifierProviderBuilder().build(certificate(home.tls("ca.crt"))));
    } catch (IOException
        | OperatorCreationException
        | CertException
        | CertificateException unusable) {
      return false;
    }
  }

  /// Makes the files of this machine's own agent, unless they are good.
  String ensureAgent(String node) {
    var certificate = home.agent("agent.crt");
    var authority = home.agent("ca.crt");
    if (Files.exists(certificate)
        && Files.exists(authority)
        && Secrets.read(authority).equals(Secrets.read(home.tls("ca.crt")))
        && isAgent(Secrets.read(certificate), node)) {
      return "there already";
    }
    var files = agent(node);
    Home.writePrivate(home.agent("agent.key"), files.key());
    Home.writePrivate(home.agent("agent.crt"), files.certificate());
    Home.writePrivate(authority, files.authority());
    return "made";
  }

  /// Gives the authority up where another host made it: it could not vouch for this one's name.
  ///
  /// @return whether that was so
  boolean leaveToAnotherHost() {
    var authority = home.tls("ca.crt");
    var own = new X500Name("CN=Slipway on " + safe(hostName));
    if (!Files.exists(authority) || certificate(authority).getSubject().equals(own)) {
      return false;
    }
    Down.removeAll(home.tls(""));
    return true;
  }

  /// When the certificate in the file ends.
  static Instant end(Path file) {
    return certificate(file).getNotAfter().toInstant();
  }

  private static boolean isNearEnd(Path file) {
    return !Files.exists(file) || end(file).isBefore(Instant.now().plus(RENEWAL));
  }

  /// An earlier Slipway made it with fewer.
  private static boolean hasAllNames(Path file) {
    var names =
        GeneralNames.fromExtensions(
            certificate(file).getExtensions(), Extension.subjectAlternativeName);
    return Stream.of(names.getNames())
        .map(name -> name.getName().toString())
        .anyMatch(ContainerCommands.REGISTRY_NAME::equals);
  }

  private void makeAuthority()
      throws GeneralSecurityException, OperatorCreationException, IOException {
    var keys = newKeys();
    var name = new X500Name("CN=Slipway on " + safe(hostName));
    var certificate = certificate(name, name, keys, AUTHORITY_LIFE);
    certificate.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    certificate.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    certificate.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
    certificate.addExtension(
        Extension.nameConstraints,
        true,
        new NameConstraints(
            new GeneralSubtree[] {
              dnsSubtree("localhost"),
              dnsSubtree(safe(hostName)),
              addressSubtree("127.0.0.1"),
              addressSubtree("::1")
            },
            null));
    Home.writePrivate(
        home.tls("ca.key"), pem(new PemObject("PRIVATE KEY", keys.getPrivate().getEncoded())));
    Home.writePublic(home.tls("ca.crt"), pem(signed(certificate, keys.getPrivate())));
  }

  private void makeLeaf() throws GeneralSecurityException, OperatorCreationException, IOException {
    var authorityKey = privateKey(home.tls("ca.key"));
    var authority = certificate(home.tls("ca.crt"));
    var keys = newKeys();
    var certificate =
        certificate(authority.getSubject(), new X500Name("CN=localhost"), keys, LEAF_LIFE);
    certificate.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(
            new GeneralName[] {
              new GeneralName(GeneralName.dNSName, "localhost"),
              new GeneralName(GeneralName.dNSName, "*.localhost"),
              // Node.js takes no wildcard directly below a top-level name.
              new GeneralName(GeneralName.dNSName, ContainerCommands.API_NAME),
              new GeneralName(GeneralName.dNSName, ContainerCommands.REGISTRY_NAME),
              new GeneralName(GeneralName.dNSName, safe(hostName)),
              new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
              new GeneralName(GeneralName.iPAddress, "::1")
            }));
    certificate.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    certificate.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    certificate.addExtension(
        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
    certificate.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        new JcaX509ExtensionUtils()
            .createAuthorityKeyIdentifier(authority.getSubjectPublicKeyInfo()));
    var chain = pem(signed(certificate, authorityKey)) + pem(authority);
    Home.writePrivate(
        home.tls("control.key"), pem(new PemObject("PRIVATE KEY", keys.getPrivate().getEncoded())));
    Home.writePublic(home.tls("control.crt"), chain);
    Home.writePrivate(
        home.router("tls/default.key"),
        pem(new PemObject("PRIVATE KEY", keys.getPrivate().getEncoded())));
    Home.writePublic(home.router("tls/default.crt"), chain);
  }

  private static X509v3CertificateBuilder certificate(
      X500Name issuer, X500Name subject, KeyPair keys, Duration life) {
    var now = Instant.now();
    return new X509v3CertificateBuilder(
        issuer,
        new BigInteger(120, new SecureRandom()).setBit(119),
        Date.from(now.minus(CLOCK_SKEW)),
        Date.from(now.plus(life)),
        subject,
        SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
  }

  private static X509CertificateHolder signed(X509v3CertificateBuilder certificate, PrivateKey by)
      throws OperatorCreationException {
    return certificate.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by));
  }

  private static KeyPair newKeys() throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static GeneralSubtree dnsSubtree(String name) {
    return new GeneralSubtree(new GeneralName(GeneralName.dNSName, name));
  }

  /// An address constraint is the address followed by its mask, here of one host.
  private static GeneralSubtree addressSubtree(String address) throws IOException {
    var bytes = InetAddress.ofLiteral(address).getAddress();
    var withMask = new byte[bytes.length * 2];
    System.arraycopy(bytes, 0, withMask, 0, bytes.length);
    java.util.Arrays.fill(withMask, bytes.length, withMask.length, (byte) 0xff);
    return new GeneralSubtree(new GeneralName(GeneralName.iPAddress, new DEROctetString(withMask)));
  }

  private static String safe(String name) {
    var plain = name.replaceAll("[^A-Za-z0-9.-]", "");
    return plain.isEmpty() ? "localhost" : plain;
  }

  private static String pem(Object object) {
    var text = new StringWriter();
    try (var writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static X509CertificateHolder certificate(Path file) {
    return (X509CertificateHolder) read(file);
  }

  private static PrivateKey privateKey(Path file) throws IOException {
    return new JcaPEMKeyConverter().getPrivateKey((PrivateKeyInfo) read(file));
  }

  private static Object read(Path file) {
    try (var parser = new PEMParser(new StringReader(Files.readString(file)))) {
      var object = parser.readObject();
      if (object == null) {
        throw new IllegalStateException(file + " holds no PEM object");
      }
      return object;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
