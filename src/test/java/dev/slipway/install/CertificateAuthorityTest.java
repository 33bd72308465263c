package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The local certificate authority: who it vouches for, and for whom it can't.
class CertificateAuthorityTest {
  @TempDir Path directory = Path.of("");

  @Test
  void itsCertificateIsTrustedForLocalNames() throws Exception {
    var home = made("host-1");
    var leaf = certificates(home.tls("control.crt")).getFirst();
    assertEquals(0, verified(home).status(), () -> verified(home).tail());
    var names = leaf.getSubjectAlternativeNames().stream().map(name -> name.get(1)).toList();
    assertTrue(names.containsAll(List.of("localhost", "*.localhost", "host-1", "127.0.0.1")));
  }

  @Test
  void itIsHeldToLocalNamesByEveryClientThatChecks() throws Exception {
    var home = made("host-1");
    var rogue = new CertificateAuthority(home, "bank.example");
    Files.delete(home.tls("control.crt"));
    rogue.ensure();
    assertTrue(verified(home).tail().contains("permitted subtree violation"));
  }

  @Test
  void aSecondRunMakesNothingAndKeysAreForRootAlone() throws Exception {
    var home = made("host-1");
    assertEquals("there already", new CertificateAuthority(home, "host-1").ensure());
    for (var key : List.of(home.tls("ca.key"), home.tls("control.key"))) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
      assertTrue(Files.readString(key).startsWith("-----BEGIN PRIVATE KEY-----"));
    }
  }

  @Test
  void anAgentsCertificateNamesItsNodeAndIsGoodForNoServer() throws Exception {
    var home = made("host-1");
    var authority = new CertificateAuthority(home, "host-1");
    assertEquals("made", authority.ensureAgent("abc123"));
    assertEquals("there already", authority.ensureAgent("abc123"));
    var pem = Files.readString(home.agent("agent.crt"));
    assertTrue(authority.isAgent(pem, "abc123"));
    assertFalse(authority.isAgent(pem, "other"));
    assertFalse(authority.isAgent("", "abc123"));
    assertFalse(authority.isAgent(Files.readString(home.tls("control.crt")), "localhost"));
    var certificate = certificates(home.agent("agent.crt")).getFirst();
    assertEquals("CN=abc123,O=Slipway agent", certificate.getSubjectX500Principal().getName());
    assertEquals(List.of("1.3.6.1.5.5.7.3.2"), certificate.getExtendedKeyUsage());
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(home.agent("agent.key"))));
    var checked =
        Commands.run(
            List.of(
                "openssl",
                "verify",
                "-purpose",
                "sslclient",
                "-CAfile",
                home.tls("ca.crt").toString(),
                home.agent("agent.crt").toString()));
    assertEquals(0, checked.status(), checked::tail);
  }

  private Home made(String hostName) {
    var home = new Home(directory.resolve("home"));
    assertEquals("made", new CertificateAuthority(home, hostName).ensure());
    return home;
  }

  /// As git and Node.js do: Java holds no anchor to its constraints, OpenSSL does.
  private static Commands.Ended verified(Home home) {
    return Commands.run(
        List.of(
            "openssl",
            "verify",
            "-CAfile",
            home.tls("ca.crt").toString(),
            home.tls("control.crt").toString()));
  }

  private static List<X509Certificate> certificates(Path file)
      throws GeneralSecurityException, IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
          .map(X509Certificate.class::cast)
          .toList();
    }
  }
}
