package dev.slipway.build;

import dev.slipway.core.Secret;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Config vars as a file that a shell reads with `.`: one `export` each, values in single quotes,
/// so that they may hold anything.
final class SecretFile {
  /// Names that would break the build's own tools; Heroku's buildpacks leave them out as well.
  private static final Set<String> LEFT_OUT =
      Set.of("PATH", "HOME", "IFS", "LD_PRELOAD", "LIBRARY_PATH", "CPATH", "GIT_DIR", "BASH_ENV");

  private SecretFile() {}

  static Secret of(Map<String, Secret> configVars) {
    var text = new StringBuilder();
    new TreeMap<>(configVars)
        .forEach((name, value) -> {
          if (name.matches("[A-Za-z_][A-Za-z0-9_]*") && !LEFT_OUT.contains(name)) {
            var quoted = value.reveal().replace("'", "'\\''");
            text.append("export ").append(name).append("='").append(quoted).append("'\n");
          }
        });
    return new Secret(text.toString());
  }
}
