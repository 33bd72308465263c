package dev.slipway.api;

import dev.slipway.addons.Addon;
import dev.slipway.addons.Addons;
import dev.slipway.apps.Apps;
import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.postgres.Backup;
import dev.slipway.postgres.BackupWish;
import dev.slipway.postgres.Backups;
import dev.slipway.postgres.Databases;
import dev.slipway.postgres.Drill;
import dev.slipway.postgres.Dumps;
import dev.slipway.postgres.Restores;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Backups of databases, as the stock client asks for them, and what it has no word for: drills and
/// going back to a time.
final class BackupEndpoints {
  private static final String RESOURCE = "transfer";
  private static final String TRANSFERS = "/client/v11/apps/{app}/transfers";
  private static final String TRANSFER = TRANSFERS + "/{transfer}";
  private static final String DATABASE = "/client/v11/databases/{database}";
  private static final String SCHEDULES = DATABASE + "/transfer-schedules";

  /// How the client is told where a backup is; it hands it back when one is to be restored.
  private static final String PLACE = "slipway-backup:";

  private final Addons addons;
  private final AddonAccess access;
  private final Databases databases;
  private final Backups backups;
  private final Restores restores;
  private final Dumps dumps;

  BackupEndpoints(Addons addons, Apps apps, Databases databases) {
    this.addons = addons;
    this.access = new AddonAccess(addons, apps);
    this.databases = databases;
    this.backups = databases.backups();
    this.restores = backups.restores();
    this.dumps = databases.dumps();
  }

  void mount(Routes routes) {
    routes.get(TRANSFERS, RESOURCE, this::list);
    routes.get(TRANSFER, RESOURCE, call -> call.ok(view(transfer(call))));
    routes.delete(TRANSFER, RESOURCE, this::delete);
    routes.post(TRANSFER + "/actions/cancel", RESOURCE, this::cancel);
    routes.post(TRANSFER + "/actions/drill", RESOURCE, this::drill);
    routes.post(DATABASE + "/backups", RESOURCE, this::capture);
    routes.post(DATABASE + "/restores", RESOURCE, this::restore);
    routes.post(DATABASE + "/transfers", RESOURCE, this::copy);
    routes.post(DATABASE + "/backup-query", RESOURCE, this::ask);
    routes.get(DATABASE + "/backup-health", RESOURCE, this::health);
    routes.get(SCHEDULES, RESOURCE, this::schedules);
    routes.post(SCHEDULES, RESOURCE, this::schedule);
    routes.delete(SCHEDULES + "/{schedule}", RESOURCE, this::unschedule);
  }

  private Addon addon(Call call) {
    return access.addon(call, call.param("database"));
  }

  private Backup transfer(Call call) {
    return backups.get(call.app().id(), call.param("transfer"));
  }

  private void list(Call call) {
    call.ok(backups.of(call.app().id()).stream().map(BackupEndpoints::view).toList());
  }

  private void delete(Call call) {
    var backup = transfer(call);
    backups.delete(backup);
    dumps.drop(backup);
    call.ok(view(backup));
  }

  private void cancel(Call call) {
    backups.cancel(transfer(call));
    call.ok(Map.of("message", "It is called off."));
  }

  private void drill(Call call) {
    call.ok(view(backups.drill(transfer(call))));
  }

  private void capture(Call call) {
    call.created(view(backups.capture(addon(call))));
  }

  /// With a time, back to that time; with a backup, to what that has. The stock client asks for a
  /// confirmation itself, and sends none.
  private void restore(Call call) {
    var target = addon(call);
    var body = call.body();
    var at = body.optionalText("at");
    if (at.isEmpty()) {
      call.created(view(restores.restore(target, place(call, body.text("backup_url")))));
      return;
    }
    requireConfirmed(target, body.optionalText("confirm").orElse(null), call);
    call.created(view(restores.restore(target, time(at.get()))));
  }

  /// The stock client names both databases by their addresses, and asks for a confirmation itself.
  private void copy(Call call) {
    var body = call.body();
    var source = at(call, body.text("from_url"));
    call.created(view(restores.copy(at(call, body.text("to_url")), source)));
  }

  /// The add-on of the account's whose database is at that address.
  private Addon at(Call call, String url) {
    return access.addons(call).stream()
        .filter(addon -> databases.find(addon).filter(it -> it.isAt(url)).isPresent())
        .findFirst()
        .orElseThrow(() ->
            new UserError(
                new Problem(
                    ErrorCode.INVALID_PARAMS,
                    "Only databases of heroku-postgresql that are yours can be copied",
                    null,
                    "pg_dump and pg_restore copy one that is elsewhere")));
  }

  private void requireConfirmed(Addon target, @Nullable String confirm, Call call) {
    var app = call.app(target.app().toString());
    if (!app.name().value().equals(confirm)) {
      throw new UserError(
          new Problem(
              ErrorCode.CONFIRMATION_REQUIRED,
              "This replaces all that is in " + target.name() + " now",
              null,
              "Restore into a new database instead, or confirm with --confirm " + app.name()));
    }
  }

  /// The backup of an app that the account has.
  private Backup place(Call call, String url) {
    var parts = url.startsWith(PLACE) ? url.substring(PLACE.length()).split("/", 2) : new String[0];
    if (parts.length != 2) {
      throw Body.invalid("Only backups that were taken here can be restored.");
    }
    return backups.get(call.app(parts[0]).id(), parts[1]);
  }

  private static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw Body.invalid("at is no time such as 2026-11-30T17:00:00Z.");
    }
  }

  private void ask(Call call) {
    var addon = addon(call);
    backups.ask(addon, call.body().text("query"));
    call.ok(Map.of("query", backups.wish(addon).query()));
  }

  private void health(Call call) {
    var addon = addon(call);
    call.ok(
        Map.of("problem", backups.problem(addon).orElse(""), "query", backups.wish(addon).query()));
  }

  private void schedules(Call call) {
    var addon = addon(call);
    var wish = backups.wish(addon);
    call.ok(wish.nightly() ? List.of(view(name(addon, call), wish)) : List.of());
  }

  /// The client calls it as the attachment's variable is called.
  private String name(Addon addon, Call call) {
    return addons.attachments().of(addon).stream()
        .map(each -> each.name() + "_URL")
        .findFirst()
        .orElse(call.param("database"));
  }

  private void schedule(Call call) {
    var body = call.body();
    var hour = hour(body.optionalTextOrInteger("hour").orElse(""));
    var zone = zone(body.optionalText("timezone").orElse("UTC"));
    var addon = addon(call);
    call.created(view(name(addon, call), backups.schedule(addon, true, hour, zone)));
  }

  private static int hour(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw Body.invalid("hour must be 0 to 23.");
    }
  }

  private static ZoneId zone(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      throw Body.invalid("There is no such time zone.");
    }
  }

  private void unschedule(Call call) {
    var addon = addon(call);
    var before = backups.wish(addon);
    call.ok(view(name(addon, call), backups.schedule(addon, false, before.hour(), before.zone())));
  }

  private static Map<String, Object> view(String name, BackupWish wish) {
    return Map.of(
        "uuid", wish.database(),
        "name", name,
        "hour", wish.hour(),
        "timezone", wish.zone().getId());
  }

  /// As the stock client reads it; it tells backups from restores by their types.
  static Map<String, @Nullable Object> view(Backup it) {
    var isCapture = it.kind() == Backup.Kind.CAPTURE;
    var view = new LinkedHashMap<String, @Nullable Object>();
    view.put("uuid", it.id());
    view.put("num", it.number());
    view.put("name", it.called());
    view.put("from_name", isCapture ? it.name() : "backup");
    view.put("from_type", isCapture ? "pg_dump" : "gof3r");
    view.put("to_name", isCapture ? "backup" : it.name());
    view.put("to_type", isCapture ? "gof3r" : "pg_restore");
    view.put("to_url", isCapture ? place(it.app(), it) : null);
    view.put("created_at", it.createdAt().toString());
    view.put("started_at", it.createdAt().toString());
    view.put("finished_at", text(it.finishedAt()));
    view.put("canceled_at", it.state() == Backup.State.CANCELED ? text(it.finishedAt()) : null);
    view.put("succeeded", it.state() == Backup.State.SUCCEEDED);
    view.put("source_bytes", it.sourceBytes());
    view.put("processed_bytes", it.storedBytes());
    view.put("warnings", 0);
    view.put("schedule", it.scheduled() ? Map.of("uuid", it.database()) : null);
    view.put("logs", logs(it));
    view.put("options", Map.of());
    view.put("drill", it.drill() == null ? null : view(it.drill()));
    return view;
  }

  private static String place(AppId app, Backup backup) {
    return PLACE + app + "/" + backup.number();
  }

  private static List<Map<String, String>> logs(Backup it) {
    var at = (it.finishedAt() == null ? it.createdAt() : it.finishedAt()).toString();
    if (!it.problem().isEmpty()) {
      return List.of(Map.of("created_at", at, "message", it.problem()));
    }
    var drill = it.drill();
    return drill == null
        ? List.of()
        : drill.report().stream()
            .map(line -> Map.of("created_at", drill.at().toString(), "message", line))
            .toList();
  }

  private static Map<String, Object> view(Drill drill) {
    return Map.of(
        "passed",
        drill.passed(),
        "at",
        drill.at().toString(),
        "milliseconds",
        drill.milliseconds(),
        "version",
        drill.version(),
        "report",
        drill.report());
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}
