package dev.slipway.build;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.ProcessType;
import dev.slipway.core.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Node.js: a repo with a `package.json`. Installs, builds and prunes as Heroku does.
final class NodeLanguage implements Language {
  private static final List<String> LOCKS = List.of("package-lock.json", "npm-shrinkwrap.json");
  private static final List<String> FOREIGN_LOCKS =
      List.of("yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb");

  private final NodeVersions versions;

  NodeLanguage(NodeVersions versions) {
    this.versions = versions;
  }

  @Override
  public String lookedFor() {
    return "package.json (Node.js)";
  }

  @Override
  public Optional<BuildPlan> plan(Sources sources) {
    return sources.read("package.json").map(text -> plan(sources, PackageJson.parse(text)));
  }

  private BuildPlan plan(Sources sources, PackageJson settings) {
    var lock = LOCKS.stream().filter(sources::has).findFirst();
    if (lock.isEmpty()) {
      refuseForeignLock(sources);
    }
    var node =
        versions.choose(
            settings.engine("node").orElse(null),
            settings.engine("npm").orElse(null),
            mayCompile(sources, lock));
    var recipe = new NodeDockerfile(node, settings, lock, sources.has(".npmrc")).recipe();
    var plan =
        BuildPlan.ofOneImage(
            "Node.js",
            notes(settings, node, lock),
            new ImagePlan("app", recipe),
            Procfile.of(sources));
    return withoutNeedlessWeb(plan, sources, settings);
  }

  /// A lock file says which packages run scripts when installed, such as a compiler.
  private static boolean mayCompile(Sources sources, Optional<String> lock) {
    return lock.flatMap(sources::read)
        .map(text -> text.contains("\"hasInstallScript\": true"))
        .orElse(true);
  }

  private static List<String> notes(PackageJson settings, NodeImage node, Optional<String> lock) {
    var notes = new ArrayList<String>();
    notes.add("Node.js app detected");
    notes.add(
        settings
            .engine("node")
            .map(range -> "Node " + node.node() + ", which engines.node '" + range + "' asks for")
            .orElse(
                "Node " + node.node() + ": package.json has no engines.node, so the current LTS"));
    notes.add("npm " + node.npm());
    if (lock.isEmpty()) {
      notes.add("No package-lock.json: each build may get other versions. Commit one: npm install");
    }
    return notes;
  }

  /// Without a start script, a server.js or a command in the Procfile there is no web process.
  private static BuildPlan withoutNeedlessWeb(
      BuildPlan plan, Sources sources, PackageJson settings) {
    var web = plan.processes().get(ProcessType.WEB);
    if (web != null && web.command() != null) {
      return plan;
    }
    if (settings.hasScript("start") || sources.has("server.js")) {
      var processes = new TreeMap<>(plan.processes());
      processes.put(ProcessType.WEB, new BuildPlan.Run("app", "npm start"));
      return new BuildPlan(plan.language(), plan.notes(), plan.images(), processes);
    }
    var processes = new TreeMap<>(plan.processes());
    processes.remove(ProcessType.WEB);
    if (processes.isEmpty()) {
      throw new UserError(
          new Problem(
              ErrorCode.FAILED,
              "Nothing says how this app starts",
              "there is no Procfile, no scripts.start in package.json and no server.js",
              "Add a Procfile with a line such as 'web: node index.js'"));
    }
    return new BuildPlan(plan.language(), plan.notes(), plan.images(), processes);
  }

  private static void refuseForeignLock(Sources sources) {
    FOREIGN_LOCKS.stream()
        .filter(sources::has)
        .findFirst()
        .ifPresent(lock -> {
          throw new UserError(
              new Problem(
                  ErrorCode.FAILED,
                  lock + " is not supported yet",
                  "without a Dockerfile, Slipway installs Node packages with npm only",
                  "Commit npm's lock file (npm install --package-lock-only), or a Dockerfile"));
        });
  }
}
