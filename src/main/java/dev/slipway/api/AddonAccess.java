package dev.slipway.api;

import dev.slipway.addons.Addon;
import dev.slipway.addons.Addons;
import dev.slipway.addons.Attachment;
import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Finds the add-ons and attachments that an account may see, by whatever it calls them: those of
/// the apps that it has. To all others they are not there.
final class AddonAccess {
  private final Addons addons;
  private final Apps apps;

  AddonAccess(Addons addons, Apps apps) {
    this.addons = addons;
    this.apps = apps;
  }

  List<Addon> addons(Call call) {
    var theirs = apps(call);
    return addons.list().stream().filter(each -> theirs.contains(each.app())).toList();
  }

  /// The app's own add-ons, and those of others that are attached to it.
  List<Addon> ofApp(AppId app) {
    var attached = addons.attachments().of(app).stream().map(Attachment::addon).toList();
    return addons.list().stream()
        .filter(each -> each.app().equals(app) || attached.contains(each.id()))
        .toList();
  }

  List<Attachment> attachments(Call call) {
    var theirs = apps(call);
    return addons.attachments().list().stream()
        .filter(each -> theirs.contains(each.app()))
        .toList();
  }

  /// The one add-on that is called so.
  ///
  /// @throws UserError not_found when there is none, invalid_params when there are several
  Addon addon(Call call, String called) {
    var found = matching(call, called, null);
    if (found.size() > 1) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "Several add-ons may be meant",
              found.stream().map(Addon::name).collect(Collectors.joining(", ")),
              "Name one of them"));
    }
    return found.stream().findFirst().orElseThrow(Addons::noAddon);
  }

  /// The add-ons that may be meant: by name or id, else by service; with an app, by attachment too.
  List<Addon> matching(Call call, String called, @Nullable String appName) {
    var parts = called.split("::", 2);
    var app = parts.length == 2 ? parts[0] : appName;
    var key = parts[parts.length - 1];
    var byName = addons(call).stream().filter(each -> isCalled(each, key)).toList();
    if (!byName.isEmpty()) {
      return byName;
    }
    return app == null
        ? addons(call).stream().filter(each -> isOfService(each, key)).toList()
        : matching(call.app(app).id(), key);
  }

  private List<Addon> matching(AppId app, String key) {
    var attached =
        addons.attachments().of(app).stream()
            .filter(each -> each.name().equals(key))
            .map(Attachment::addon)
            .toList();
    return ofApp(app).stream()
        .filter(
            each -> attached.contains(each.id()) || isCalled(each, key) || isOfService(each, key))
        .toList();
  }

  /// The attachments that may be meant, by name or id, or by their add-on's name.
  List<Attachment> matchingAttachments(Call call, String called, @Nullable String appName) {
    var parts = called.split("::", 2);
    var app = parts.length == 2 ? parts[0] : appName;
    var key = parts[parts.length - 1];
    var candidates = app == null ? attachments(call) : addons.attachments().of(call.app(app).id());
    var byName =
        candidates.stream()
            .filter(each ->
                each.id().toString().equals(key) || (app != null && each.name().equals(key)))
            .toList();
    return byName.isEmpty() && app != null
        ? candidates.stream().filter(each -> isOfAddon(each, key)).toList()
        : byName;
  }

  private boolean isOfAddon(Attachment attachment, String name) {
    return addons.find(attachment.addon()).filter(each -> each.name().equals(name)).isPresent();
  }

  private static boolean isOfService(Addon addon, String key) {
    return addon.service().equals(key) || (addon.service() + ":" + addon.plan()).equals(key);
  }

  private static boolean isCalled(Addon addon, String key) {
    return addon.name().equals(key) || addon.id().toString().equals(key);
  }

  private Set<AppId> apps(Call call) {
    return AppAccess.list(apps, call.account().id()).stream()
        .map(App::id)
        .collect(Collectors.toUnmodifiableSet());
  }
}
