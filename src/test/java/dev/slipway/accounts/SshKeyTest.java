package dev.slipway.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.UserError;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Keys that `ssh-keygen` made, and lines that it would not make.
class SshKeyTest {
  static final String ED25519 =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJCyw1o5Nxv06stuWrm2sH5qx5I8dw0w0dijm/2YTYbQ"
          + " me@ed25519";
  private static final String RSA_2048 =
      "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDI67G+lZpvtSDGd9mewUeN5gB7K3Ebx7bOFin2cDHr"
          + "EcGDGVFMOJOiUz2fjgCB/oIC6HrCXTVYeERP46sl/xpxwy1oq1/LdpwSeh0RpaNbydhV/ZgXlnCv1kzp"
          + "SPT5tcOROBmEbwyblGV4go4fCuDo8BK9mhotZf5oivWD/TQa572oq+VYxB1TegAyMBStrQMYwzn6Zwb6"
          + "PTxmZrGKlDOM6YUpHpmxhecim135zg1wk8X4owMbG/qa4cCtVXl/ewzWkiy3QtC4f6BSCvNzb4izbAcG"
          + "XFpDISBpRYPggZEvMxahUQ/dBOVd3As9/G4N1tLYfv3pjUXRjraNegaJ5qz7 me@rsab2048";
  private static final String RSA_1024 =
      "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDB6P/zcRi7L4BhYIEIthb1n5HMsIXq4JM+s9gAGUQy"
          + "5fOgM/B5rXw83E8FN9qOsYON53+HHJ1UFf+YEfRwkNB99aC9vGSHHJ5Lp6WTI3eNsuxuHtrDPq7SVGn3"
          + "Sqr1w/iZbZ5RgS1X8MgS6d73uPJ0as9TDiQAv7K520Ut9ooM1w== me@rsab1024";
  private static final String ECDSA =
      "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBL+V/RWM"
          + "SVEIyc6WnZBGGRZ9ujvos/FsS+2V2sDVTUcniLkALJGXsWxsyDh8+DUmTXlw0zSyNBI3fupnIDSHB60="
          + " me@ecdsa";
  private static final String DSA =
      "ssh-dss AAAAB3NzaC1kc3MAAACBALZo+p8GedrpMs29vlA2uyTJ9Zh/D2xfir5Cc0rPSmCsfED4cLUz"
          + "o6zTkFxawR7nLNGwDpDf8ZfIzH/FojdnjwZTs0jeKa0no8c4jScWtEPua3/HlysedzUjDGOk4Xn97nBm"
          + "Srzi5tCKlQfOA5NyMvOV40USEC3MF3dffQ/yI6SdAAAAFQCLiIEAnjkig5a/oA7WzLHLcU5ZUQAAAIEA"
          + "jxmcrIetX3FMH7dRLFmEAJmSup8KX5RKV2RJUJrsotXdJEn/k2fC4I43MEr82HnWu3+sK6IoGmsjPmMk"
          + "gGrKamGlsOUGFP6xGxS5jsUvKo+KfnHkA6qPbFF2x0jFjLN9tbVnki3kfrap4wQNMZFRcZ0pTd+2gip9"
          + "F5bNsbXJJecAAACAF+sIvcnywol+3aAcsTR40z3OgIjyCoMfVuduBHTsTQGdEXxSGS6768uHZNEmECIz"
          + "f3e4d4qbgJaqPOj1E0+yHn38CjJCk1O5q/Fjn/wTd0dVDjnB0upn3RXOy0EsaF1uoaVA80tLMh2aZDrd"
          + "hqMuo41lO/q/gT6fjmKL/VAWbyw=";

  @Test
  void keysAreReadWithTheFingerprintThatSshShows() {
    var key = parse(ED25519 + "\n");
    assertEquals("SHA256:k8kV3s0WohHey9wi5bnNj74k/8Byz1TEotYggEGgq40", key.fingerprint());
    assertEquals("me@ed25519", key.comment());
    assertEquals(ED25519, key.publicKey());
    parse(RSA_2048);
    parse(ECDSA);
    var bare = parse(ED25519.replace(" me@ed25519", ""));
    assertEquals("ann@example.com", bare.comment());
    assertTrue(bare.publicKey().endsWith(" ann@example.com"));
    var laptop = parse(ED25519.replace("me@ed25519", "a laptop of mine"));
    assertEquals("a laptop of mine", laptop.comment());
  }

  @Test
  void whatIsNoKeyIsRefused() {
    var type = "ssh-ed25519 ";
    for (var wrong :
        List.of(
            "",
            "ssh-ed25519",
            type + "AAAA",
            type + "!!!!",
            type + "/////w==",
            ED25519.substring(0, 60),
            ED25519.replace("ssh-ed25519", "ssh-rsa"),
            ED25519.replace("ssh-ed25519", "none"),
            ED25519 + "\n" + ECDSA,
            "command=\"sh\" " + ED25519,
            ED25519 + "\u0000",
            ED25519 + "x".repeat(300),
            type + "A".repeat(20_000),
            DSA)) {
      assertThrows(UserError.class, () -> parse(wrong), wrong);
    }
    var weak = assertThrows(UserError.class, () -> parse(RSA_1024));
    assertTrue(weak.problem().sentence().contains("2048"), weak.problem().sentence());
  }

  @Test
  void aPrivateKeyIsNotRepeated() {
    var secret = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----";
    var refused = assertThrows(UserError.class, () -> parse(secret));
    assertFalse(refused.problem().sentence().contains("c2VjcmV0"));
    assertTrue(refused.problem().sentence().contains(".pub"), refused.problem().sentence());
  }

  private static SshKey parse(String line) {
    return SshKey.parse(line, "ann@example.com", Instant.EPOCH);
  }
}
