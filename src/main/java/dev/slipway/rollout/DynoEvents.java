package dev.slipway.rollout;

import dev.slipway.apps.AppEvent;
import dev.slipway.apps.AppEvent.Action;
import dev.slipway.apps.AppEvents;
import dev.slipway.core.ServiceName;
import dev.slipway.engine.DynoState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Tells of dynos that start, come up, crash and go.
public final class DynoEvents implements DynoWatch.Listener {
  private final AppEvents events;
  private final Dynos dynos;
  private final Instant began;
  private final Map<ServiceName, DynoView> told = new ConcurrentHashMap<>();

  /// Tells from now on.
  ///
  /// @param began what happened before this was told by an earlier process
  public DynoEvents(AppEvents events, Dynos dynos, Instant began) {
    this.events = events;
    this.dynos = dynos;
    this.began = began;
  }

  @Override
  public void changed(List<DynoWatch.Change> changes) {
    var seen =
        changes.stream()
            .flatMap(change -> Stream.ofNullable(change.after()))
            .map(DynoState::service)
            .collect(Collectors.toSet());
    var views = dynos.views(seen);
    changes.forEach(change -> changed(change.before(), change.after(), views));
  }

  private void changed(
      @Nullable DynoState before, @Nullable DynoState after, Map<ServiceName, DynoView> views) {
    if (after != null) {
      var dyno = views.get(after.service());
      if (dyno != null) {
        seen(after, dyno.in(Dynos.word(after), after.since()));
      }
    } else if (before != null && !dynos.isHeldBack(before.service())) {
      var last = told.remove(before.service());
      if (last != null) {
        events.happened(AppEvent.of(before.app(), Action.DESTROY, last.in("down", Instant.now())));
      }
    }
  }

  private void seen(DynoState state, DynoView dyno) {
    var last = told.put(state.service(), dyno);
    if (state.since().isBefore(began)) {
      return;
    }
    if (last == null) {
      events.happened(AppEvent.of(state.app(), Action.CREATE, dyno));
    } else if (!last.state().equals(dyno.state())) {
      events.happened(new AppEvent(state.app(), Action.UPDATE, dyno, last, null));
    }
  }
}
