package dev.slipway.apps;

import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.net.IDN;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A host name of the owner's own that leads to an app; `*.` in front takes every name below, at
/// any depth, that no other domain takes.
///
/// @param hostname as DNS has it: lower case, no dot at the end, other scripts in punycode
/// @param certificate the one that its owner chose for it, or null for the app's best
public record Domain(
    UUID id,
    AppId app,
    String hostname,
    @Nullable UUID certificate,
    Instant createdAt,
    Instant updatedAt) {
  private static final int LONGEST = 253;
  private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

  /// The last label has a letter, so that no IP address is taken for a name.
  private static final Pattern VALID =
      Pattern.compile(
          "(\\*\\.)?(" + LABEL + "\\.)+(?=[a-z0-9-]*[a-z])[a-z0-9][a-z0-9-]{0,61}[a-z0-9]");

  /// Checks the host name.
  ///
  /// @throws UserError when it is no DNS name, or one that the platform gives out itself
  public Domain {
    if (hostname.length() > LONGEST || !VALID.matcher(hostname).matches()) {
      throw invalid(hostname, "it is not a fully qualified domain name");
    }
    if (hostname.endsWith(".localhost")) {
      throw invalid(hostname, "names below localhost belong to the platform");
    }
  }

  /// What a person typed as DNS has it.
  ///
  /// @throws UserError when it can't be a host name
  public static String hostname(String typed) {
    var wildcard = typed.startsWith("*.");
    var name = typed.substring(wildcard ? 2 : 0, typed.length() - (typed.endsWith(".") ? 1 : 0));
    if (name.length() > LONGEST) {
      throw invalid(typed, "it is longer than " + LONGEST + " characters");
    }
    try {
      var ascii = IDN.toASCII(name, IDN.USE_STD3_ASCII_RULES).toLowerCase(Locale.ROOT);
      return (wildcard ? "*." : "") + ascii;
    } catch (IllegalArgumentException notAName) {
      throw invalid(typed, "it is not a fully qualified domain name");
    }
  }

  /// Whether it takes every name below.
  boolean isWildcard() {
    return hostname.startsWith("*.");
  }

  /// Whether one of the two is a wildcard that the other lies under.
  boolean overlaps(Domain other) {
    return takes(other) || other.takes(this);
  }

  private boolean takes(Domain other) {
    return isWildcard() && other.hostname.endsWith(hostname.substring(1));
  }

  private static UserError invalid(String hostname, String why) {
    var shown = hostname.length() > 80 ? hostname.substring(0, 80) + "…" : hostname;
    return new UserError(
        new Problem(
            ErrorCode.INVALID_PARAMS,
            "Domain " + shown + " can't be added",
            why,
            "heroku domains:add www.example.com"));
  }
}
