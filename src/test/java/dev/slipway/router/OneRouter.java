package dev.slipway.router;

import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInfo;

/// A test class with one router for all of its tests.
abstract class OneRouter {
  static RouterFixture router;
  static int port;

  @BeforeAll
  static void startRouter(TestInfo test) throws Exception {
    RouterFixture.prepare();
    var name = test.getTestClass().orElseThrow().getSimpleName();
    router = new RouterFixture(name.toLowerCase(Locale.ROOT));
    port = router.port();
  }

  @AfterAll
  static void removeRouter() throws Exception {
    router.close();
    RouterFixture.cleanUp();
  }
}
