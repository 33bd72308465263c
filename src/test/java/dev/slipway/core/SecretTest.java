package dev.slipway.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class SecretTest {
  /// The second test case of RFC 4231.
  @Test
  void aDerivedSecretIsAnHmac() {
    assertEquals(
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        new Secret("Jefe").derive("what do ya want for nothing?").reveal());
    assertNotEquals(new Secret("Jefe").derive("a"), new Secret("Jefe").derive("b"));
  }
}
