package dev.slipway.install;

import static java.util.Objects.requireNonNull;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.load.Load;
import dev.slipway.load.LoadPlan;
import dev.slipway.load.LoadReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The story in two minutes: an app with a database and a worker goes live by `git push`; then,
/// while orders come in, it is pushed again, scaled and rolled back. In the end each order that was
/// acknowledged must be in the database, and what follows from it done.
public final class Demo {
  private static final String APP = "demo-orders";
  private static final String SAMPLE = "orders";
  private static final LoadPlan.Request ORDER =
      LoadPlan.Request.post("/orders", "{\"parcels\": 2}");
  private static final int TASKS_OF_AN_ORDER = 2;
  private static final int RATE = 40;
  private static final int CONNECTIONS = 16;
  private static final List<String> CHANGES = List.of("second push", "scale to 3", "roll back");
  private static final Duration AT_MOST = Duration.ofMinutes(10);
  private static final Duration BREATH = Duration.ofSeconds(1);
  private static final Duration WORKED_OFF_WITHIN = Duration.ofMinutes(1);

  private final Installation installation;
  private final ClientEnvironment environment;
  private final PlatformClient platform;
  private final DemoApp app = new DemoApp(APP + ".localhost");
  private final @Nullable DemoFleet fleet;
  private @Nullable Load load;
  private @Nullable LoadReport report;
  private final List<ChangeReceipt> changes = new ArrayList<>();
  private Set<String> earlier = Set.of();
  private long tasksBefore;
  private long ordersStored;

  /// @param testHosts how many test hosts join this machine before, one of which loses its power
  Demo(Installation installation, int testHosts) {
    this.installation = installation;
    this.fleet = testHosts > 0 ? new DemoFleet(installation, testHosts) : null;
    this.environment = installation.environment();
    this.platform = new PlatformClient(environment.api(), environment.apiKey());
  }

  /// What came of the demo.
  ///
  /// @param stored how many orders the database has of the load
  /// @param changes what the platform says of each change under load
  public record Receipt(
      String app, String url, LoadReport load, long stored, List<ChangeReceipt> changes) {
    /// Copies the changes.
    public Receipt {
      changes = List.copyOf(changes);
    }

    /// Whether every request was answered, and every order that was acknowledged is there.
    public boolean isWhole() {
      return load.lost() == 0 && stored >= load.answered();
    }
  }

  Receipt run(Progress progress) {
    var source = temporary();
    try {
      Steps.run(steps(source), progress, "./slipway demo");
    } finally {
      if (load != null) {
        load.close();
      }
      Down.removeAll(source);
    }
    return new Receipt(APP, url(), requireNonNull(report), ordersStored, changes);
  }

  private List<Step> steps(Path source) {
    var steps = new ArrayList<Step>();
    if (fleet != null) {
      steps.addAll(fleet.steps());
    }
    steps.addAll(
        List.of(
            new Step("Create app", _ -> createApp()),
            new Step("Database", _ -> createDatabase()),
            new Step("First push", detail -> firstPush(source, detail)),
            new Step("Worker", _ -> startWorker()),
            new Step("Load begins", _ -> beginLoad()),
            new Step("Second push", detail -> secondPush(source, detail)),
            new Step("Scale to 3", _ -> scale()),
            new Step("Roll back", _ -> rollBack())));
    if (fleet != null) {
      steps.add(new Step("Power cut", detail -> cutPower(fleet, detail)));
    }
    steps.add(new Step("Serve on", _ -> serveOn()));
    steps.add(new Step("Load ends", _ -> endLoad()));
    steps.add(new Step("Tasks", this::awaitTasks));
    return steps;
  }

  private String createApp() {
    var isNew = platform.create(APP);
    platform.scale(APP, "web", 1);
    return isNew ? APP : APP + ", there already";
  }

  /// On this machine: in a fleet another host loses its power.
  private String createDatabase() {
    return platform.createDatabase(APP, Up.hostName());
  }

  /// The sample as a repository of its own, with a file that tells which push it is from.
  private String firstPush(Path source, Consumer<String> detail) {
    copy(installation.checkout().sample(SAMPLE), source);
    git(source, detail, "init", "-q", "-b", "main");
    commit(source, "First", detail);
    push(source, detail);
    return "live at " + url();
  }

  /// Its rollout has its receipt before the load begins, so that it is none of the load's.
  private String startWorker() {
    var before = platform.receipts(APP);
    if (platform.scale(APP, "worker", 1)) {
      platform.awaitReceipt(APP, before);
    }
    platform.awaitDynos(APP, "worker", 1);
    return "does what follows from orders";
  }

  private String beginLoad() {
    tasksBefore = app.tasks().all();
    var plan =
        LoadPlan.on(URI.create("http://127.0.0.1:80"))
            .withHost(APP + ".localhost")
            .withQuick(ORDER)
            .withRate(RATE, CONNECTIONS)
            .withDuration(AT_MOST);
    load = Load.start(plan);
    rest();
    var soFar = load.report();
    if (soFar.answered() == 0) {
      throw problem("The app does not answer", soFar.reasons().toString(), "./slipway doctor");
    }
    earlier = platform.receipts(APP);
    return RATE + " orders a second over " + CONNECTIONS + " connections";
  }

  private String secondPush(Path source, Consumer<String> detail) {
    commit(source, "Second", detail);
    push(source, detail);
    return "live again" + lostSoFar();
  }

  private String scale() {
    platform.scale(APP, "web", 3);
    platform.awaitDynos(APP, "web", 3);
    return "3 dynos" + lostSoFar();
  }

  private String rollBack() {
    var target = platform.rollBack(APP);
    platform.awaitCurrentRelease(APP);
    return "to v" + target + lostSoFar();
  }

  /// Not before the changes are live: a release whose dyno is lost while it boots fails.
  private String cutPower(DemoFleet hosts, Consumer<String> detail) {
    platform.awaitReceipts(APP, earlier, CHANGES.size());
    var name = hosts.cutPower(detail);
    detail.accept("waiting until 3 dynos run elsewhere");
    platform.awaitDynos(APP, "web", 3);
    return name + " is down, 3 dynos" + lostSoFar();
  }

  /// Until the platform has counted what the changes cost.
  private String serveOn() {
    var receipts = platform.awaitReceipts(APP, earlier, CHANGES.size());
    for (var i = 0; i < receipts.size(); i++) {
      changes.add(ChangeReceipt.of(CHANGES.get(i), receipts.get(i)));
    }
    return requireNonNull(load).report().answered() + " answered" + lostSoFar();
  }

  private String endLoad() {
    try {
      report = requireNonNull(load).stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    return report.answered() + " answered, " + report.lost() + " lost";
  }

  /// Until nothing waits. An order that was not acknowledged may be there as well.
  private String awaitTasks(Consumer<String> detail) {
    Waiting.until(
        WORKED_OFF_WITHIN,
        () -> {
          var waiting = app.tasks().waiting();
          detail.accept(waiting + " wait");
          return waiting == 0;
        });
    var tasks = app.tasks();
    ordersStored = (tasks.all() - tasksBefore) / TASKS_OF_AN_ORDER;
    return tasks.done() + " done, " + tasks.waiting() + " wait, " + tasks.givenUp() + " given up";
  }

  private String lostSoFar() {
    return ", " + requireNonNull(load).report().lost() + " requests lost so far";
  }

  private void commit(Path source, String name, Consumer<String> detail) {
    try {
      Files.writeString(
          source.resolve("VERSION"), name + " push of the demo, " + java.time.Instant.now() + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    git(source, detail, "add", "-A");
    git(
        source,
        detail,
        "-c",
        "user.name=Slipway demo",
        "-c",
        "user.email=demo@localhost",
        "commit",
        "-q",
        "-m",
        name + " push");
  }

  private void push(Path source, Consumer<String> detail) {
    git(source, detail, "push", "--force", environment.api() + "/" + APP + ".git", "main");
  }

  private void git(Path source, Consumer<String> detail, String... arguments) {
    var command = new ArrayList<>(List.of("git", "-C", source.toString()));
    command.addAll(List.of(arguments));
    var variables = new HashMap<String, String>(environment.variables(Map.of()));
    variables.put("GIT_TERMINAL_PROMPT", "0");
    var ended = Commands.run(Map.copyOf(variables), command, detail);
    if (ended.status() != 0) {
      throw problem(
          "`git " + arguments[0] + "` failed", ended.tail(), "`./slipway demo` tries again.");
    }
  }

  private static String url() {
    return "http://" + APP + ".localhost/";
  }

  private static void rest() {
    try {
      Thread.sleep(BREATH);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("slipway-demo-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (var file : files.toList()) {
        var target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else if (!from.relativize(file).startsWith("node_modules")) {
          Files.copy(file, target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static UserError problem(String what, String why, String hint) {
    return new UserError(new Problem(ErrorCode.FAILED, what, why, hint));
  }
}
