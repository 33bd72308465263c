package dev.slipway.certificates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.testing.TestAuthority;
import dev.slipway.testing.TestAuthority.Issued;
import java.io.IOException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;

/// What is taken as a certificate and its key, and what a person is told of what is not.
class KeyedCertificateTest {
  private static final TestAuthority ROOT = TestAuthority.root("Root");
  private static final TestAuthority MIDDLE = ROOT.below("Middle");
  private static final Issued SERVER = MIDDLE.issue("www.example.com", "*.shop.example.com");

  @Test
  void aChainInAnyOrderIsPutInOrder() {
    var ordered = SERVER.certificate() + MIDDLE.certificate() + ROOT.certificate();
    var mixed = ROOT.certificate() + SERVER.certificate() + MIDDLE.certificate();
    assertEquals(parse(ordered).chain(), parse(mixed).chain());
    assertEquals(3, parse(mixed).chain().certificates().size());
    assertEquals(ordered.replace("\r", ""), parse(mixed).chain().pem().replace("\r", ""));
    assertEquals(1, parse(SERVER.certificate()).chain().certificates().size());
    var twice = SERVER.certificate() + SERVER.certificate() + MIDDLE.certificate();
    assertEquals(2, parse(twice).chain().certificates().size());
  }

  @Test
  void theChainSaysWhatItIs() {
    var chain = parse(SERVER.certificate() + MIDDLE.certificate()).chain();
    assertEquals(List.of("www.example.com", "*.shop.example.com"), chain.names());
    assertEquals("/CN=Middle", chain.issuer());
    assertEquals("/CN=www.example.com", chain.subject());
    assertFalse(chain.isSelfSigned());
    assertFalse(chain.isPubliclyTrusted());
    assertTrue(CertificateChain.parse(ROOT.certificate()).isSelfSigned());
    assertEquals(chain.fingerprint(), CertificateChain.parse(chain.pem()).fingerprint());
  }

  @Test
  void usualKeysAreTaken() {
    for (var keys :
        List.of(
            TestAuthority.rsa(2048),
            TestAuthority.ec("secp256r1"),
            TestAuthority.ec("secp384r1"))) {
      var issued = MIDDLE.issue(keys, "example.com");
      assertEquals(
          List.of("example.com"), parse(issued.certificate(), issued.key()).chain().names());
    }
  }

  @Test
  void keysInOldSpellingsAreTaken() throws Exception {
    var rsa = TestAuthority.rsa(2048);
    var issued = MIDDLE.issue(rsa, "example.com");
    var old = TestAuthority.pem(rsa.getPrivate());
    assertTrue(old.contains("BEGIN RSA PRIVATE KEY"));
    assertEquals(parse(issued.certificate(), issued.key()), parse(issued.certificate(), old));

    var ec = TestAuthority.ec("secp256r1");
    var other = MIDDLE.issue(ec, "example.com");
    assertEquals(1, parse(other.certificate(), opensslEc(ec)).chain().certificates().size());
  }

  /// As `openssl ecparam -genkey` writes it: the curve in a block of its own, and in the key.
  private static String opensslEc(KeyPair keys) throws IOException {
    var publicKey = SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
    var key =
        new ECPrivateKey(
            256,
            ((java.security.interfaces.ECPrivateKey) keys.getPrivate()).getS(),
            publicKey.getPublicKeyData(),
            SECObjectIdentifiers.secp256r1);
    return TestAuthority.pem(
            new PemObject("EC PARAMETERS", SECObjectIdentifiers.secp256r1.getEncoded()))
        + TestAuthority.pem(new PemObject("EC PRIVATE KEY", key.getEncoded()));
  }

  @Test
  void whatIsNoKeyForItIsRefusedWithTheWayOut() throws Exception {
    var other = MIDDLE.issue("www.example.com");
    refuses("Key doesn't match", SERVER.certificate(), other.key());
    refuses("asks for a password", SERVER.certificate(), sealed());
    refuses("openssl pkey -in KEY -out KEY.plain", SERVER.certificate(), sealed());
    refuses("holds a certificate", SERVER.certificate(), SERVER.certificate());
    refuses("certificate_chain holds a private key", SERVER.key(), SERVER.certificate());
    refuses("No key can be read", SERVER.certificate(), "");
    refuses("No key can be read", SERVER.certificate(), SERVER.key().substring(0, 100));
    refuses("several keys", SERVER.certificate(), SERVER.key() + other.key());
  }

  @Test
  void whatIsNoChainIsRefused() {
    refuses("No certificate can be read", "", SERVER.key());
    refuses("No certificate can be read", "\u0000binary", SERVER.key());
    var broken = SERVER.certificate().replace("MII", "AAA");
    refuses("No certificate can be read", broken, SERVER.key());
    var stranger = TestAuthority.root("Stranger").certificate();
    refuses("nothing sent was signed by /CN=Stranger", SERVER.certificate() + stranger);
    refuses("a certificate between them is missing", SERVER.certificate() + ROOT.certificate());
    refuses("longer than 100 KB", "x".repeat(100_001));
  }

  @Test
  void weakAndStrangeKeysAreRefused() throws Exception {
    var weak = MIDDLE.issue(TestAuthority.rsa(1024), "example.com");
    refuses("RSA of 1024 bits", weak.certificate(), weak.key());
    var strange =
        MIDDLE.issue(KeyPairGenerator.getInstance("Ed25519").generateKeyPair(), "example.com");
    refuses("it must be RSA, or EC", strange.certificate(), strange.key());
  }

  @Test
  void onlyWhatHoldsNowIsTaken() {
    var now = Instant.now();
    var day = Duration.ofDays(1);
    var keys = TestAuthority.ec("secp256r1");
    var past = MIDDLE.issue(keys, now.minus(day.multipliedBy(2)), now.minus(day), "example.com");
    refuses("has expired", past.certificate(), past.key());
    var future = MIDDLE.issue(keys, now.plus(day), now.plus(day.multipliedBy(2)), "example.com");
    refuses("does not hold yet", future.certificate(), future.key());
  }

  @Test
  void aKeyIsShownNowhere() {
    var line = SERVER.key().lines().skip(1).findFirst().orElseThrow();
    var keyed = parse(SERVER.certificate());
    assertFalse(keyed.toString().contains(keyed.privateKey().reveal()));
    for (var bad :
        List.of(SERVER.key().replace(line, line + "!"), SERVER.key().replace("-----END", ""))) {
      var error =
          assertThrows(UserError.class, () -> parse(SERVER.certificate(), bad))
              .problem()
              .sentence();
      assertFalse(error.contains(line.substring(0, 20)), error);
    }
  }

  @Test
  void aWildcardIsForOneLabel() {
    var names = List.of("www.example.com", "*.shop.example.com");
    assertTrue(Certificate.covers(names, "www.example.com"));
    assertTrue(Certificate.covers(names, "a.shop.example.com"));
    assertTrue(Certificate.covers(names, "*.shop.example.com"));
    assertFalse(Certificate.covers(names, "a.b.shop.example.com"));
    assertFalse(Certificate.covers(names, "shop.example.com"));
    assertFalse(Certificate.covers(names, "example.com"));
  }

  private static String sealed() throws Exception {
    var encryptor =
        new JceOpenSSLPKCS8EncryptorBuilder(JcaPKCS8Generator.PBE_SHA1_3DES)
            .setPassword("secret".toCharArray())
            .build();
    return TestAuthority.pem(
        new JcaPKCS8Generator(TestAuthority.ec("secp256r1").getPrivate(), encryptor));
  }

  private static KeyedCertificate parse(String chain) {
    return parse(chain, SERVER.key());
  }

  private static KeyedCertificate parse(String chain, String key) {
    return KeyedCertificate.parse(chain, new Secret(key), Instant.now());
  }

  private static void refuses(String saying, String chain) {
    refuses(saying, chain, SERVER.key());
  }

  private static void refuses(String saying, String chain, String key) {
    var error = assertThrows(UserError.class, () -> parse(chain, key));
    assertTrue(error.problem().sentence().contains(saying), error.problem().sentence());
  }
}
