package dev.slipway.architecture;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// Holds the table of who may import whom, and the rules that prose alone does not hold.
class ArchitectureTest {
  private static final String ROOT = "dev.slipway.";

  /// Package to the packages that it may import; all may import core.
  private static final Map<String, Set<String>> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("core", Set.of()),
          Map.entry("store", Set.of()),
          Map.entry("image", Set.of()),
          Map.entry("accounts", Set.of("store")),
          Map.entry("apps", Set.of("store")),
          Map.entry("source", Set.of("store")),
          Map.entry("engine", Set.of("image")),
          Map.entry("agent", Set.of("engine")),
          Map.entry("router", Set.of()),
          Map.entry("build", Set.of("store", "source", "image", "engine")),
          Map.entry("release", Set.of("store", "apps", "image")),
          Map.entry(
              "rollout",
              Set.of(
                  "store",
                  "apps",
                  "certificates",
                  "release",
                  "image",
                  "engine",
                  "router",
                  "observe")),
          Map.entry("observe", Set.of("store", "engine", "router")),
          Map.entry(
              "deploy",
              Set.of(
                  "store",
                  "accounts",
                  "apps",
                  "source",
                  "build",
                  "image",
                  "engine",
                  "release",
                  "rollout",
                  "observe")),
          Map.entry("certificates", Set.of("store", "apps")),
          Map.entry("outbound", Set.of()),
          Map.entry("drains", Set.of("store", "apps", "observe", "outbound")),
          Map.entry("webhooks", Set.of("store", "apps", "outbound")),
          Map.entry("oneoff", Set.of("store", "apps", "release", "engine", "rollout", "observe")),
          Map.entry("schedules", Set.of("store", "apps", "rollout", "observe", "oneoff")),
          Map.entry("addons", Set.of("store", "apps", "engine", "release", "deploy")),
          Map.entry("hosted", Set.of("engine", "release", "addons")),
          Map.entry(
              "postgres", Set.of("store", "engine", "release", "addons", "hosted", "objects")),
          Map.entry("redis", Set.of("store", "engine", "release", "addons", "hosted")),
          Map.entry("pipelines", Set.of("store", "apps", "release", "deploy")),
          Map.entry("setups", Set.of("store", "release")),
          Map.entry("load", Set.of()),
          Map.entry("objects", Set.of()),
          Map.entry("provider", Set.of()),
          Map.entry("safekeeping", Set.of("store", "objects")),
          Map.entry("takeover", Set.of("store", "image", "engine")),
          Map.entry(
              "install",
              Set.of("engine", "image", "load", "objects", "provider", "takeover", "safekeeping")),
          Map.entry(
              "api",
              Set.of(
                  "accounts",
                  "apps",
                  "source",
                  "build",
                  "release",
                  "rollout",
                  "observe",
                  "deploy",
                  "certificates",
                  "outbound",
                  "drains",
                  "webhooks",
                  "oneoff",
                  "addons",
                  "postgres",
                  "redis",
                  "pipelines",
                  "setups",
                  "schedules")),
          Map.entry(
              "cli",
              Set.of(
                  "api",
                  "install",
                  "build",
                  "deploy",
                  "load",
                  "objects",
                  "provider",
                  "safekeeping")),
          Map.entry("server", Set.of("*")));

  /// A row of the table in the overview: package, what it holds, what it may import.
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(\\w+)` \\| [^|\\n]* \\|([^|\\n]*)\\|$");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.slipway");

  @Test
  void packagesImportOnlyWhatTheTableAllows() {
    var broken = new TreeSet<String>();
    for (JavaClass from : CLASSES) {
      var home = feature(from);
      if (home.isEmpty()) {
        continue;
      }
      var allowed = MAY_IMPORT.getOrDefault(home, Set.of());
      for (var dependency : from.getDirectDependenciesFromSelf()) {
        var to = feature(dependency.getTargetClass());
        if (!to.isEmpty()
            && !to.equals(home)
            && !to.equals("core")
            && !allowed.contains("*")
            && !allowed.contains(to)) {
          broken.add(home + " imports " + to + ": " + dependency.getDescription());
        }
      }
    }
    assertEquals(Set.of(), broken);
  }

  /// The overview shows the same table to readers.
  @Test
  void theOverviewShowsTheTable() throws IOException {
    var shown = new TreeMap<String, Set<String>>();
    ROW.matcher(Files.readString(Path.of("docs/design/overview.md")))
        .results()
        .forEach(row -> shown.put(row.group(1), Set.of(row.group(2).strip().split(", "))));
    var expected = new TreeMap<String, Set<String>>();
    MAY_IMPORT.forEach((name, allowed) ->
        expected.put(
            name,
            switch (name) {
              case "core" -> Set.of("the JDK");
              case "server" -> Set.of("all");
              default -> allowed.isEmpty() ? Set.of("") : allowed;
            }));
    assertEquals(expected, shown);
  }

  @Test
  void everyPackageStandsInTheTable() {
    var unknown = new TreeSet<String>();
    CLASSES.forEach(type -> {
      var home = feature(type);
      if (!home.isEmpty() && !MAY_IMPORT.containsKey(home)) {
        unknown.add(home);
      }
    });
    assertEquals(Set.of(), unknown);
  }

  @Test
  void thereAreNoCycles() {
    slices().matching("dev.slipway.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void everyPackageIsNullMarked() {
    var unmarked = new TreeSet<String>();
    CLASSES.forEach(type -> {
      if (type.getPackage().getClasses().stream()
          .noneMatch(other ->
              other.getSimpleName().equals("package-info")
                  && other.isAnnotatedWith(NullMarked.class))) {
        unmarked.add(type.getPackageName());
      }
    });
    assertEquals(Set.of(), unmarked);
  }

  @Test
  void coreStaysSmallAndNeedsOnlyTheJdk() {
    var core = CLASSES.that(inFeature("core"));
    var files =
        core.stream().map(type -> type.getSource().orElseThrow().getFileName()).distinct().count();
    assertTrue(files <= 21, () -> "core has " + files + " files; 20 and package-info at most");
  }

  @Test
  void noClassIsNamedForNothing() {
    var vague = List.of("Util", "Utils", "Manager", "Helper", "Impl");
    var named = new TreeSet<String>();
    CLASSES.forEach(type -> {
      if (vague.stream().anyMatch(type.getSimpleName()::endsWith)) {
        named.add(type.getName());
      }
    });
    assertEquals(Set.of(), named);
  }

  @Test
  void theEnvironmentIsReadAtTheEdgesOnly() {
    var readers = new TreeSet<String>();
    CLASSES.forEach(type -> {
      var reads =
          type.getMethodCallsFromSelf().stream()
              .anyMatch(call ->
                  call.getTargetOwner().isEquivalentTo(System.class)
                      && call.getTarget().getName().equals("getenv"));
      if (reads && !Set.of("server", "cli").contains(feature(type))) {
        readers.add(type.getName());
      }
    });
    assertEquals(Set.of(), readers);
  }

  private static com.tngtech.archunit.base.DescribedPredicate<JavaClass> inFeature(String name) {
    return com.tngtech.archunit.base.DescribedPredicate.describe(
        "in " + name, (Predicate<JavaClass>) type -> feature(type).equals(name));
  }

  private static String feature(JavaClass type) {
    var name = type.getPackageName();
    if (!name.startsWith(ROOT)) {
      return "";
    }
    var rest = name.substring(ROOT.length());
    var dot = rest.indexOf('.');
    return dot < 0 ? rest : rest.substring(0, dot);
  }
}
