package dev.slipway.hosted;

import dev.slipway.addons.Addons;
import dev.slipway.addons.Attachment;
import dev.slipway.core.Secret;
import dev.slipway.release.Releases;
import java.util.Map;
import java.util.UUID;

/// Tells which credentials of an add-on anything may still come with. Thread-safe.
public final class Credentials {
  private final Addons addons;
  private final Releases releases;

  /// As these add-ons and releases have them.
  public Credentials(Addons addons, Releases releases) {
    this.addons = addons;
    this.releases = releases;
  }

  /// Whether a config var has the text in it: the add-on's own, or one of a release that is live.
  /// Dynos that run may have it, whatever became of the release that brings the new one.
  public boolean areInUse(UUID id, String text) {
    var addon = addons.find(id);
    return addon.isEmpty()
        || has(addon.get().config(), text)
        || addons.attachments().of(addon.get()).stream().anyMatch(each -> isLive(each, text));
  }

  private boolean isLive(Attachment attachment, String text) {
    return has(releases.live(attachment.app()).config().values(), text);
  }

  private static boolean has(Map<String, Secret> config, String text) {
    return config.values().stream().anyMatch(value -> value.reveal().contains(text));
  }
}
