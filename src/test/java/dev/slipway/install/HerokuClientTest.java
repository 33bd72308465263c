package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HerokuClientTest {
  /// The client hands its downloads to any proxy of `https`.
  @Test
  void downloadsGoByNoProxy() {
    assertEquals(
        Map.of("https_proxy", "", "HTTPS_PROXY", ""),
        HerokuClient.pastProxies(List.of("pg:backups:download", "b001", "-a", "shop")));
    assertEquals(Map.of(), HerokuClient.pastProxies(List.of("pg:backups", "-a", "shop")));
  }
}
