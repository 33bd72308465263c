package dev.slipway.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.slipway.core.Secret;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Which dynos leave TLS out.
class OnlyHostTest {
  private static final String POOLED = "postgres://u:p%2F@slipway-pgbouncer-1a2b:5432/d1a2b";
  private static final String DIRECT = "postgres://u:p@slipway-postgres-1a2b:5432/d1a2b";

  private static String mode(Map<String, String> config) {
    var environment = new TreeMap<String, Secret>();
    config.forEach((name, value) -> environment.put(name, new Secret(value)));
    var told = OnlyHost.environment(environment);
    var mode = told.get(OnlyHost.MODE);
    return mode == null ? "" : mode.reveal();
  }

  @Test
  void whoKnowsOnlyDatabasesOfThisHostLeavesItOut() {
    assertEquals("disable", mode(Map.of("DATABASE_URL", POOLED, "DATABASE_DIRECT_URL", DIRECT)));
    assertEquals("disable", mode(Map.of("DATABASE_URL", POOLED, "REDIS_URL", "rediss://h:1")));
  }

  @Test
  void whoHasADatabaseElsewhereKeepsIt() {
    var elsewhere = "postgresql://u:p@db.example.com/slipway-pgbouncer-1a2b";
    assertEquals("", mode(Map.of("DATABASE_URL", POOLED, "REPORTS_URL", elsewhere)));
    assertEquals(
        "",
        mode(
            Map.of(
                "DATABASE_URL",
                POOLED,
                "B_URL",
                "postgres://x/slipway-postgres-@slipway-postgres-1")));
    assertEquals("", mode(Map.of("DATABASE_URL", elsewhere)));
    for (var other :
        List.of(
            "postgresql+psycopg2://u:p@db.example.com/x",
            "postgis://u:p@db.example.com/x",
            "jdbc:postgresql://db.example.com/x",
            "POSTGRES://u:p@db.example.com/x",
            "dbname=x host=db.example.com",
            "service=reports")) {
      assertEquals("", mode(Map.of("DATABASE_URL", POOLED, "REPORTS", other)), other);
    }
    for (var place : List.of("PGHOST", "PGHOSTADDR", "PGSERVICE")) {
      assertEquals("", mode(Map.of("DATABASE_URL", POOLED, place, "x")), place);
    }
  }

  @Test
  void whoSaysItselfOrHasNoneIsLeftAlone() {
    assertEquals("require", mode(Map.of("DATABASE_URL", POOLED, "PGSSLMODE", "require")));
    assertEquals("", mode(Map.of("PORT", "5000")));
  }
}
