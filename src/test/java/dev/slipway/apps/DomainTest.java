package dev.slipway.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.AppId;
import dev.slipway.core.UserError;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Which host names can lead to an app, and how they are spelled.
class DomainTest {
  @Test
  void namesAreKeptAsDnsHasThem() {
    assertEquals("www.example.com", domain("WWW.Example.COM.").hostname());
    assertEquals("*.example.com", domain("*.Example.com").hostname());
    assertEquals("xn--bcher-kva.example", domain("Bücher.example").hostname());
    assertEquals("*.xn--bcher-kva.example", domain("*.bücher.example").hostname());
    assertEquals("example.xn--p1ai", domain("example.рф").hostname());
    assertTrue(domain("bücher.example").isMeantBy("BÜCHER.example."));
    assertFalse(domain("bücher.example").isMeantBy("*."));
  }

  @Test
  void whatIsNoNameIsRefused() {
    for (var bad :
        List.of(
            "",
            ".",
            "*",
            "*.",
            "*.com",
            "nodots",
            "a..b.example",
            ".example.com",
            "*.*.example.com",
            "a.*.example.com",
            "w*.example.com",
            "-a.example.com",
            "a-.example.com",
            "a_b.example.com",
            "a b.example.com",
            "1.2.3.4",
            "10.0.0.255",
            "[::1]",
            "example.com/path",
            "example.com:80",
            "http://example.com",
            "a\u0000.example.com",
            "x".repeat(64) + ".example.com",
            "a.".repeat(130) + "com",
            "orders.localhost",
            "*.localhost",
            "localhost")) {
      assertThrows(UserError.class, () -> domain(bad), bad);
    }
  }

  @Test
  void aWildcardOverlapsWhatLiesUnderIt() {
    assertTrue(domain("*.example.com").overlaps(domain("a.b.example.com")));
    assertTrue(domain("a.example.com").overlaps(domain("*.example.com")));
    assertTrue(domain("*.example.com").overlaps(domain("*.a.example.com")));
    assertFalse(domain("*.example.com").overlaps(domain("example.com")));
    assertFalse(domain("*.example.com").overlaps(domain("anexample.com")));
    assertFalse(domain("a.example.com").overlaps(domain("b.a.example.com")));
  }

  private static Domain domain(String typed) {
    var now = Instant.now();
    return new Domain(UUID.randomUUID(), AppId.random(), Domain.hostname(typed), null, now, now);
  }
}
