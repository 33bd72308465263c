package dev.slipway.addons;

import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The use of an add-on by an app, under a name that its config vars begin with.
public record Attachment(
    UUID id, UUID addon, AppId app, String name, Instant createdAt, Instant updatedAt) {
  private static final Pattern NAME = Pattern.compile("[A-Z][A-Z0-9_]{0,59}");

  /// Checks the name.
  ///
  /// @throws UserError when no config var can begin so
  public Attachment {
    if (!NAME.matcher(name).matches()) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "An attachment can't have that name",
              "its config vars begin with it: capital letters, digits and underscores, 60 at the"
                  + " most",
              "Name it by --as, such as --as SIGNING"));
    }
  }

  /// The name of one of its config vars.
  ///
  /// @param part what comes after the attachment's name; empty for nothing
  public String configVar(String part) {
    return part.isEmpty() ? name : name + "_" + part;
  }

  /// The config vars that the app has by it.
  ///
  /// @param of the add-on that is attached
  public SortedMap<String, Secret> configVars(Addon of) {
    var vars = new TreeMap<String, Secret>();
    of.config().forEach((part, value) -> vars.put(configVar(part), value));
    return vars;
  }

  /// What to change so that the app has the add-on's config vars, and none of those before.
  static Map<String, @Nullable String> change(Map<String, Secret> before, Map<String, Secret> now) {
    var changes = new TreeMap<String, @Nullable String>();
    before.keySet().forEach(name -> changes.put(name, null));
    now.forEach((name, value) -> changes.put(name, value.reveal()));
    return changes;
  }
}
