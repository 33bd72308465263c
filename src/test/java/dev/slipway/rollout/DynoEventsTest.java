package dev.slipway.rollout;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.apps.AppEvent;
import dev.slipway.release.ConfigVars;
import dev.slipway.release.Release;
import dev.slipway.testing.Control;
import dev.slipway.testing.FakeEngine;
import dev.slipway.testing.FakeRouter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is told of dynos and releases while rollouts run.
@Timeout(60)
class DynoEventsTest {
  private final List<AppEvent> told = new CopyOnWriteArrayList<>();

  @Test
  void aDynoIsToldFromItsStartToItsEnd(@TempDir Path home) throws Exception {
    try (var control = new Control(home, new FakeEngine(), StepObserver.NONE);
        var _ = new FakeRouter(control.routers())) {
      control.events().listen(told::add);
      var app = control.app("orders");
      var first = control.release(app, Map.of("web", "serve"), ConfigVars.NONE);
      control.await(first, Duration.ofSeconds(20));
      control.want(app, "web", 0);
      control.await(
          control.change(app, Reason.SCALE, new DynoSelection.All()), Duration.ofSeconds(20));
      await(
          "the dyno's end",
          () -> {
            control.dynos(app);
            return dynos().contains("DESTROY web.1 down");
          });
      assertTrue(dynos().getFirst().startsWith("CREATE web.1 "), dynos()::toString);
      assertTrue(dynos().contains("UPDATE web.1 up") || dynos().contains("CREATE web.1 up"));
      assertEquals("DESTROY web.1 down", dynos().getLast());
      assertEquals(
          List.of("CREATE pending", "UPDATE succeeded"),
          told.stream()
              .filter(event -> event.subject() instanceof Release it && it.slug().isPresent())
              .map(event -> event.action() + " " + ((Release) event.subject()).status().label())
              .toList());
    }
  }

  private List<String> dynos() {
    return told.stream()
        .filter(event -> event.subject() instanceof DynoView)
        .map(event -> {
          var dyno = (DynoView) event.subject();
          return event.action() + " " + dyno.name() + " " + dyno.state();
        })
        .toList();
  }
}
