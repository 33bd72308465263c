package dev.slipway.addons;

import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.deploy.Releaser;
import dev.slipway.release.Releases;
import dev.slipway.store.Store;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Which app has which add-on, under which name. An attachment and the release that carries its
/// config vars come and go in one transaction. Thread-safe.
public final class Attachments {
  private final Store store;
  private final AddonStore rows;
  private final Apps apps;
  private final Releases releases;
  private final Releaser releaser;
  private final Providers providers;
  private final Clock clock;
  private final AddonNames names = new AddonNames();

  Attachments(
      Store store,
      AddonStore rows,
      Apps apps,
      Releases releases,
      Releaser releaser,
      Providers providers,
      Clock clock) {
    this.store = store;
    this.rows = rows;
    this.apps = apps;
    this.releases = releases;
    this.releaser = releaser;
    this.providers = providers;
    this.clock = clock;
  }

  /// All attachments, by name.
  public List<Attachment> list() {
    return store.read(rows::attachments);
  }

  /// The attachments of an add-on.
  public List<Attachment> of(Addon addon) {
    return store.read(db -> rows.attachmentsOf(db, addon));
  }

  /// The attachments of an app.
  public List<Attachment> of(AppId app) {
    return store.read(db -> rows.attachmentsOf(db, app));
  }

  /// Lets another app, or the same one once more, have the add-on.
  ///
  /// @param name what its config vars begin with, or null for the service's usual name
  /// @param confirm the app's name, where something may be overwritten
  public Attachment attach(
      Addon addon, App app, @Nullable String name, @Nullable String confirm, AccountId by) {
    return releaser.together(
        by,
        work -> {
          var current = rows.current(work.db(), addon);
          current.requireProvisioned();
          return add(work, current, app, name, confirm);
        });
  }

  /// Takes the add-on from an app, which loses its config vars.
  ///
  /// @throws UserError not_found when that was done before, invalid_params when it is the add-on's
  ///   last attachment
  public void detach(Attachment attachment, AccountId by) {
    releaser.together(
        by,
        work -> {
          var addon = rows.find(work.db(), attachment.addon()).orElseThrow(Attachments::none);
          requireNotLast(attachment, addon, rows.attachmentsOf(work.db(), addon));
          remove(work, attachment, addon);
          return addon;
        });
  }

  private static void requireNotLast(Attachment attachment, Addon addon, List<Attachment> all) {
    if (!all.contains(attachment)) {
      throw none();
    }
    if (all.size() < 2) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              attachment.name() + " can't be detached",
              "it is the last attachment of " + addon.name(),
              "heroku addons:destroy " + addon.name() + " destroys the add-on"));
    }
  }

  /// Adds an attachment, in place of the app's of the same name.
  ///
  /// @throws UserError confirmation_required, where something would be overwritten unasked
  Attachment add(
      Releaser.Work work, Addon addon, App app, @Nullable String given, @Nullable String confirm) {
    var theirs = rows.attachmentsOf(work.db(), app.id());
    var name = given == null ? freeName(addon, theirs) : given;
    var attachment = new Attachment(UUID.randomUUID(), addon.id(), app.id(), name, now(), now());
    var replaced = theirs.stream().filter(each -> each.name().equals(name)).findFirst();
    requireConfirmed(work.db(), app, attachment, addon, replaced, confirm);
    var before = replaced.map(each -> delete(work.db(), each)).orElse(Map.of());
    rows.insert(work.db(), attachment);
    change(work, attachment, before, attachment.configVars(addon), "Attach", addon);
    return attachment;
  }

  private String freeName(Addon addon, List<Attachment> theirs) {
    var taken = theirs.stream().map(Attachment::name).collect(Collectors.toUnmodifiableSet());
    return names.free(providers.get(addon.service()).service(), taken);
  }

  private void requireConfirmed(
      Handle db,
      App app,
      Attachment attachment,
      Addon addon,
      Optional<Attachment> replaced,
      @Nullable String confirm) {
    var config = releases.current(db, app.id()).config().values();
    var overwritten =
        providers.get(addon.service()).service().configVars().stream()
            .map(attachment::configVar)
            .filter(name -> config.containsKey(name))
            .collect(Collectors.joining(", "));
    var what = replaced.isPresent() ? attachment.name() : overwritten;
    if (!what.isEmpty() && !app.name().value().equals(confirm)) {
      throw new UserError(
          new Problem(
              ErrorCode.CONFIRMATION_REQUIRED,
              "This overwrites " + what + " of " + app.name(),
              null,
              "Name it otherwise by --as, or confirm with --confirm " + app.name()));
    }
  }

  /// Gives the apps that have the add-on its new config vars in place of those before.
  void update(Releaser.Work work, Addon before, Addon now) {
    var verb = before.config().isEmpty() ? "Attach" : "Update";
    for (var each : rows.attachmentsOf(work.db(), now)) {
      change(work, each, each.configVars(before), each.configVars(now), verb, now);
    }
  }

  /// Removes an attachment, and its config vars from the app.
  void remove(Releaser.Work work, Attachment attachment, Addon addon) {
    change(work, attachment, delete(work.db(), attachment), Map.of(), "Detach", addon);
  }

  /// Gives the config vars that the app had by it.
  private Map<String, Secret> delete(Handle db, Attachment attachment) {
    var addon = rows.find(db, attachment.addon()).orElseThrow(Addons::noAddon);
    rows.delete(db, attachment);
    return attachment.configVars(addon);
  }

  private void change(
      Releaser.Work work,
      Attachment attachment,
      Map<String, Secret> before,
      Map<String, Secret> now,
      String verb,
      Addon addon) {
    var changes = Attachment.change(before, now);
    if (!changes.isEmpty()) {
      var description = verb + " " + attachment.name() + " (@" + addon.name() + ")";
      apps.find(work.db(), attachment.app())
          .ifPresent(app -> work.config(app, changes, description));
    }
  }

  /// The problem of an attachment that is not there.
  public static UserError none() {
    return UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that add-on attachment.");
  }

  private Instant now() {
    return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS);
  }
}
