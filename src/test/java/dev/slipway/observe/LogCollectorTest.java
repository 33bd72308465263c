package dev.slipway.observe;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ServiceName;
import dev.slipway.engine.DynoSpec;
import dev.slipway.image.ImageReference;
import dev.slipway.testing.FakeEngine;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// How long a dyno is followed.
@Timeout(20)
class LogCollectorTest {
  private static final DynoName WEB = DynoName.of("web.1");

  @TempDir Path home;
  private final AppId app = AppId.random();
  private final ServiceName service = ServiceName.of(app, WEB, 1);
  private final FakeEngine engine = new FakeEngine();
  private Logs logs;
  private LogCollector collector;

  @BeforeEach
  void start() {
    logs = new Logs(home, Clock.systemUTC());
    collector = new LogCollector(engine, logs, Clock.systemUTC());
    engine.start(
        new DynoSpec(
            service,
            app,
            WEB,
            new ImageReference("test", "sha256:" + "0".repeat(64)),
            "serve",
            Collections.emptySortedMap(),
            DynoSize.STANDARD_1X,
            Duration.ofSeconds(30)));
  }

  @AfterEach
  void stop() {
    logs.close();
  }

  /// The engine keeps the stream of a dyno open that is gone: who does not close it has one
  /// connection more for each dyno that ever was.
  @Test
  void aDynoThatIsGoneIsFollowedNoLonger() throws InterruptedException {
    follow();
    awaitFollowers(1);
    engine.stop(service);
    collector.forget(service);
    awaitFollowers(0);
  }

  /// A dyno that is being stopped can still write its last lines.
  @Test
  void aDynoIsFollowedUntilNothingOfItIsLeft() throws InterruptedException {
    follow();
    awaitFollowers(1);
    collector.forget(service);
    Thread.sleep(2500);
    assertEquals(1, engine.followers());
    engine.stop(service);
    awaitFollowers(0);
  }

  private void follow() {
    collector.follow(app, WEB, service, Instant.now());
  }

  private void awaitFollowers(int count) {
    await(count + " followers", () -> engine.followers() == count);
  }
}
