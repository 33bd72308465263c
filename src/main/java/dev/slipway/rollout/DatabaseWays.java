package dev.slipway.rollout;

import dev.slipway.core.ProcessType;
import dev.slipway.core.Secret;
import dev.slipway.release.ConfigVars;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which way to its databases a dyno has under the name that its code knows, `DATABASE_URL`: most
/// share the server's connections, transaction by transaction. A command that is run once gets a
/// connection of its own, as migrations need; so does a process type that asks for it, from the
/// pooler's own store of them.
final class DatabaseWays {
  private static final Set<ProcessType> ONCE =
      Set.of(ProcessType.RELEASE, new ProcessType("run"), PostDeploy.TYPE);

  private static final String URL = "_URL";

  private DatabaseWays() {}

  /// The config vars that are otherwise in such a dyno.
  static SortedMap<String, Secret> of(ConfigVars config, ProcessType type) {
    var ways = new TreeMap<String, Secret>();
    suffix(config, type)
        .ifPresent(suffix ->
            config.values().keySet().stream()
                .filter(name -> name.endsWith(suffix))
                .map(name -> name.substring(0, name.length() - suffix.length()))
                .filter(name -> isPooled(config.values(), name))
                .forEach(name -> ways.put(name + URL, config.values().get(name + suffix))));
    return ways;
  }

  private static Optional<String> suffix(ConfigVars config, ProcessType type) {
    if (ONCE.contains(type)) {
      return Optional.of("_DIRECT_URL");
    }
    return AppSettings.of(config).sessions().contains(type)
        ? Optional.of("_SESSION_URL")
        : Optional.empty();
  }

  /// Only an add-on's are told apart so; others' config vars of such names are their own affair.
  private static boolean isPooled(Map<String, Secret> config, String name) {
    var pooled = config.get(name + URL);
    return pooled != null && pooled.reveal().contains("@slipway-pgbouncer-");
  }
}
