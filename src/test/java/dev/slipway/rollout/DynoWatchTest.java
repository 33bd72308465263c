package dev.slipway.rollout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.ServiceName;
import dev.slipway.testing.FakeEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What listeners hear of a look.
class DynoWatchTest {
  private final FakeEngine engine = new FakeEngine();
  private final DynoWatch watch = new DynoWatch(engine);
  private final List<List<DynoWatch.Change>> told = new ArrayList<>();
  private final AppId first = AppId.random();
  private final AppId second = AppId.random();

  @Test
  void aLookTellsAllThatItFoundAtOnceAndNothingTwice() {
    watch.listen(told::add);
    engine.startWeb(first);
    engine.startWeb(second);
    watch.look();
    watch.look();
    assertEquals(List.of(2), told.stream().map(List::size).toList());
  }

  @Test
  void aLookAtOneAppLeavesTheOthersAsTheyWere() {
    engine.startWeb(first);
    watch.look();
    watch.listen(told::add);
    engine.startWeb(second);
    engine.stop(web(first));
    watch.look(second);
    assertTrue(watch.state(web(first)).isPresent());
    assertTrue(watch.state(web(second)).isPresent());
    engine.stop(web(second));
    watch.look(second);
    assertTrue(watch.state(web(second)).isEmpty());
    watch.look();
    assertTrue(watch.states().isEmpty());
    assertEquals(3, told.size());
  }

  @Test
  void looksBeginAtEvenIntervalsAndTheEngineHasARestBetweenThem() {
    assertEquals(Duration.ofMillis(495), DynoWatch.restAfter(Duration.ofMillis(5)));
    assertEquals(Duration.ofMillis(300), DynoWatch.restAfter(Duration.ofMillis(200)));
    assertEquals(Duration.ofMillis(250), DynoWatch.restAfter(Duration.ofSeconds(3)));
  }

  private static ServiceName web(AppId app) {
    return ServiceName.of(app, DynoName.of("web.1"), 1);
  }
}
