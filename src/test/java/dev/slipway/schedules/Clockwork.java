package dev.slipway.schedules;

import dev.slipway.accounts.Accounts;
import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.apps.Features;
import dev.slipway.core.AppName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ProcessType;
import dev.slipway.core.Secret;
import dev.slipway.engine.Engine;
import dev.slipway.image.ImageReference;
import dev.slipway.observe.LogFilter;
import dev.slipway.observe.LogLine;
import dev.slipway.observe.Logs;
import dev.slipway.oneoff.OneOffs;
import dev.slipway.release.ConfigVars;
import dev.slipway.release.ReleaseStatus;
import dev.slipway.release.Releases;
import dev.slipway.release.Slug;
import dev.slipway.release.SlugProcess;
import dev.slipway.rollout.DynoWatch;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The part of control that runs schedules, on a directory, an engine and a clock of the test's.
/// Closing it leaves directory and engine as a killed control does.
final class Clockwork implements AutoCloseable {
  final Store store;
  final Apps apps;
  final Releases releases;
  final Accounts accounts;
  final Logs logs;
  final OneOffs oneOffs;
  final Schedules schedules;

  Clockwork(Path home, Engine engine, Clock clock) {
    store = Store.open(home.resolve("control.db"));
    apps = new Apps(store, clock);
    accounts = new Accounts(store, clock);
    logs = new Logs(home.resolve("logs"), clock);
    releases = new Releases(store, Vault.open(home.resolve("keyset.json")), clock, apps.events());
    oneOffs =
        new OneOffs(
            store,
            apps,
            new Features(store, clock),
            releases,
            engine,
            new DynoWatch(engine),
            logs,
            null,
            clock);
    schedules = new Schedules(store, apps, oneOffs, logs, clock);
  }

  /// An app; nothing is deployed to it.
  App app(String name) {
    var owner = accounts.ensure("test@localhost", new Secret("test-key"));
    var app = apps.create(new AppName(name), owner.id());
    release(app, null);
    return app;
  }

  /// An app with code.
  App deployed(String name) {
    var app = app(name);
    var processes = new TreeMap<ProcessType, SlugProcess>();
    var image = new ImageReference("test", "sha256:" + "0".repeat(64));
    processes.put(ProcessType.WEB, new SlugProcess(image, "npm start"));
    release(
        app,
        releases.addSlug(
            new Slug(UUID.randomUUID(), app.id(), "0123456789", "test", processes, Instant.now())));
    return app;
  }

  private void release(App app, @Nullable Slug slug) {
    var owner = accounts.ensure("test@localhost", new Secret("test-key")).id();
    store.useTransaction(db ->
        releases.add(db, app.id(), "Test", ReleaseStatus.SUCCEEDED, slug, ConfigVars.NONE, owner));
  }

  Schedule every10Minutes(App app, String command, Overlap overlap) {
    return schedules.add(
        app,
        new ScheduleRequest(
            null,
            "every 10 minutes",
            null,
            command,
            DynoSize.STANDARD_1X,
            overlap,
            Duration.ofMinutes(5)));
  }

  List<RunState> states(Schedule schedule) {
    return schedules.runs(schedule).stream().map(Run::state).toList();
  }

  boolean says(App app, String text) {
    return logs.recent(app.id(), LogFilter.ALL, 1000).stream()
        .map(LogLine::text)
        .anyMatch(line -> line.contains(text));
  }

  @Override
  public void close() {
    schedules.close();
    oneOffs.close();
    logs.close();
    store.close();
  }
}
