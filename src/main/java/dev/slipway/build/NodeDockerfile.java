package dev.slipway.build;

import dev.slipway.build.ImagePlan.Recipe;
import java.util.Optional;

/// Writes the Dockerfile of a Node app. What the final image holds comes in layers by how often it
/// changes: Node, the dependencies, the app; a change in the app alone pushes only the last.
///
/// @param lock the name of npm's lock file, if there is one
/// @param npmrc whether the repo has settings for npm
record NodeDockerfile(NodeImage node, PackageJson settings, Optional<String> lock, boolean npmrc) {
  private static final String SECRETS =
      """
      RUN --mount=type=cache,id=npm,target=/tmp/npm,uid=1000,gid=1000 \\
          --mount=type=secret,id=slipway_config,uid=1000,mode=0400 \\
          --mount=type=secret,id=slipway_ca,mode=0444 \\
          . /run/secrets/slipway_config \\
      """
          + " && ";

  private static final String IGNORED = "/.git\n/node_modules\n";

  Recipe.Generated recipe() {
    var dockerfile = head() + (builds() ? build() : dependencies()) + tail();
    return new Recipe.Generated(dockerfile, IGNORED, node);
  }

  private boolean builds() {
    return settings.hasScript("build", "heroku-postbuild", "heroku-cleanup") || needsSource();
  }

  /// Whether installing the dependencies already needs more of the source than npm's own files.
  private boolean needsSource() {
    return settings.hasWorkspaces()
        || settings.hasLocalDependencies()
        || settings.hasScript("heroku-prebuild", "preinstall", "install", "postinstall", "prepare");
  }

  private String head() {
    return """
    # Made by Slipway for a Node.js app. To change it, commit a Dockerfile of your own.
    FROM %s AS build
    WORKDIR /app
    USER app
    ENV HOME=/app NODE_ENV=production npm_config_cache=/tmp/npm npm_config_nodedir=/usr/local \\
        npm_config_cafile=/run/secrets/slipway_ca NODE_EXTRA_CA_CERTS=/run/secrets/slipway_ca \\
        npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
    """
        .formatted(node.build());
  }

  private String dependencies() {
    return copyPackageFiles()
        + SECRETS
        + install("")
        + " \\\n && mkdir -p node_modules\n\n"
        + run()
        + "COPY --link --chown=1000:1000 --from=build /app/node_modules /app/node_modules\n"
        + "COPY --link --chown=1000:1000 . /app\n";
  }

  private String build() {
    var text = new StringBuilder();
    if (needsSource()) {
      text.append(copySource()).append(revisions()).append(SECRETS);
      text.append(script("heroku-prebuild")).append(install(" --include=dev")).append('\n');
    } else {
      text.append(copyPackageFiles()).append(SECRETS).append(install(" --include=dev"));
      text.append('\n').append(copySource()).append(revisions());
    }
    return text.append(SECRETS)
        .append(script(settings.hasScript("heroku-postbuild") ? "heroku-postbuild" : "build"))
        .append(
            "{ [ \"$NODE_ENV\" != production ] || npm prune --omit=dev --ignore-scripts; } \\\n && ")
        .append(script("heroku-cleanup"))
        .append(
            """
            mkdir -p node_modules /tmp/app \\
             && find . -mindepth 1 -maxdepth 1 ! -name node_modules -exec cp -a {} /tmp/app/ \\;

            """)
        .append(run())
        .append("COPY --link --chown=1000:1000 --from=build /app/node_modules /app/node_modules\n")
        .append("COPY --link --chown=1000:1000 --from=build /tmp/app /app\n")
        .toString();
  }

  private String copyPackageFiles() {
    return "COPY --link --chown=1000:1000 package.json"
        + lock.map(name -> " " + name).orElse("")
        + (npmrc ? " .npmrc" : "")
        + " ./\n";
  }

  private static String copySource() {
    return "COPY --link --chown=1000:1000 . /app\n";
  }

  /// Makes steps run again when config vars change: a secret alone would not.
  private static String revisions() {
    return "ARG SLIPWAY_CONFIG_REVISION SOURCE_VERSION STACK=container\n";
  }

  private String install(String more) {
    return (lock.isPresent() ? "npm ci" : "npm install") + more;
  }

  private String script(String name) {
    return settings.hasScript(name) ? "npm run " + name + " \\\n && " : "";
  }

  private String run() {
    return """
    FROM %s
    WORKDIR /app
    ENV HOME=/app NODE_ENV=production PATH=/app/node_modules/.bin:$PATH
    """
        .formatted(node.run());
  }

  private static String tail() {
    return """
    USER app
    CMD ["npm", "start"]
    """;
  }
}
