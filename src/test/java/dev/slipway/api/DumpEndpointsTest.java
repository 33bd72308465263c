package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class DumpEndpointsTest {
  /// The client fetches nothing else.
  @Test
  void anAddressIsOfTls() {
    assertEquals("https://localhost:7443", secure("http://localhost:7080"));
    assertEquals("https://localhost:17443", secure("http://localhost:17080"));
    assertEquals("https://localhost:7443", secure("https://localhost:7443"));
    assertEquals("https://api.example.com", secure("https://api.example.com"));
    assertEquals("http://api.example.com", secure("http://api.example.com"));
    assertEquals("http://localhost:7080", DumpEndpoints.secure("http://localhost:7080", 7080, -1));
  }

  private static String secure(String base) {
    return DumpEndpoints.secure(base, 7080, 7443);
  }
}
