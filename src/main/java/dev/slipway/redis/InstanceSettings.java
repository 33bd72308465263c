package dev.slipway.redis;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.regex.Pattern;

/// What can be set of an instance while it runs.
///
/// @param policy what becomes of keys when the memory is full
/// @param idleSeconds after how long an idle client is sent away; 0 for never
/// @param events which events of keys are published, in Redis's letters; empty for none
public record InstanceSettings(EvictionPolicy policy, int idleSeconds, String events) {
  private static final Pattern EVENTS = Pattern.compile("[KEg$lshzxetdmnA]{0,20}");

  /// As they are when nobody says.
  public static final InstanceSettings USUAL =
      new InstanceSettings(EvictionPolicy.NOEVICTION, 300, "");

  /// Refuses what a server would.
  ///
  /// @throws UserError when a value can't be
  public InstanceSettings {
    if (idleSeconds < 0) {
      throw refused("an idle client is sent away after 0 seconds or more", "0 stands for never");
    }
    if (!EVENTS.matcher(events).matches()) {
      throw refused("events are letters of KEg$lshzxetdmnA", "AKE stands for all but m and n");
    }
  }

  private static UserError refused(String why, String hint) {
    return new UserError(new Problem(ErrorCode.INVALID_PARAMS, "That can't be set", why, hint));
  }

  /// The same with another policy.
  public InstanceSettings with(EvictionPolicy other) {
    return new InstanceSettings(other, idleSeconds, events);
  }

  /// The same with another time for idle clients.
  public InstanceSettings idlingFor(int seconds) {
    return new InstanceSettings(policy, seconds, events);
  }

  /// The same with other events.
  public InstanceSettings publishing(String others) {
    return new InstanceSettings(policy, idleSeconds, others);
  }

  /// As the server reads them.
  String text() {
    return """
    maxmemory-policy "%s"
    timeout "%d"
    notify-keyspace-events "%s"
    """
        .formatted(policy.label(), idleSeconds, events);
  }
}
