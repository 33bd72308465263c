package dev.slipway.api;

import dev.slipway.addons.Addon;
import dev.slipway.addons.Addons;
import dev.slipway.addons.Attachment;
import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Finds the add-ons and attachments that an account may see, by whatever it calls them: those of
/// the apps that it has. To all others they are not there.
final class AddonAccess {
  private final Addons addons;

  AddonAccess(Addons addons) {
    this.addons = addons;
  }

  List<Addon> addons(Call call) {
    return addons.list().stream().filter(each -> has(call, each.app())).toList();
  }

  /// The app's own add-ons, and those of others that are attached to it.
  List<Addon> ofApp(AppId app) {
    var attached = addons.attachments(app).stream().map(Attachment::addon).toList();
    return addons.list().stream()
        .filter(each -> each.app().equals(app) || attached.contains(each.id()))
        .toList();
  }

  List<Attachment> attachments(Call call) {
    return addons.attachments().stream().filter(each -> has(call, each.app())).toList();
  }

  /// The one add-on that is called so.
  ///
  /// @throws UserError not_found when there is none, invalid_params when there are several
  Addon addon(Call call, String called) {
    return only(matching(call, called, null).stream().map(Addon::name).toList(), called)
        .flatMap(name -> addons(call).stream().filter(each -> each.name().equals(name)).findFirst())
        .orElseThrow(Addons::noAddon);
  }

  /// The add-ons that may be meant: by name or id; with an app, also by attachment or service.
  List<Addon> matching(Call call, String called, @Nullable String appName) {
    var parts = called.split("::", 2);
    var app = parts.length == 2 ? parts[0] : appName;
    var key = parts[parts.length - 1];
    Predicate<Addon> named = each -> each.name().equals(key) || each.id().toString().equals(key);
    var byName = addons(call).stream().filter(named).toList();
    if (!byName.isEmpty() || app == null) {
      return byName.isEmpty() && app == null
          ? addons(call).stream().filter(each -> isOfService(each, key)).toList()
          : byName;
    }
    var id = call.app(app).id();
    var attached =
        addons.attachments(id).stream()
            .filter(each -> each.name().equals(key))
            .map(Attachment::addon)
            .toList();
    return ofApp(id).stream()
        .filter(each -> attached.contains(each.id()) || named.test(each) || isOfService(each, key))
        .toList();
  }

  /// The attachments that may be meant, by name or id, or by their add-on's name.
  List<Attachment> matchingAttachments(Call call, String called, @Nullable String appName) {
    var parts = called.split("::", 2);
    var app = parts.length == 2 ? parts[0] : appName;
    var key = parts[parts.length - 1];
    var candidates = app == null ? attachments(call) : addons.attachments(call.app(app).id());
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

  private static Optional<String> only(List<String> names, String called) {
    if (names.size() > 1) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "Several add-ons may be meant by " + called,
              String.join(", ", names),
              "Name one of them"));
    }
    return names.stream().findFirst();
  }

  private static boolean has(Call call, AppId app) {
    try {
      call.app(app.toString());
      return true;
    } catch (UserError e) {
      return false;
    }
  }
}
