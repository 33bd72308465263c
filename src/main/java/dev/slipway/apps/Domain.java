package dev.slipway.apps;

import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.net.IDN;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
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
    return ascii(typed)
        .orElseThrow(() -> invalid(typed, "it is not a fully qualified domain name"));
  }

  /// Whether a person means this domain, by its name in any spelling or by its id.
  boolean isMeantBy(String typed) {
    return id.toString().equals(typed) || ascii(typed).filter(hostname::equals).isPresent();
  }

  private static Optional<String> ascii(String typed) {
    var name = typed.endsWith(".") ? typed.substring(0, typed.length() - 1) : typed;
    var wildcard = name.startsWith("*.") ? "*." : "";
    if (name.length() > LONGEST) {
      return Optional.empty();
    }
    try {
      var labels = IDN.toASCII(name.substring(wildcard.length()), IDN.USE_STD3_ASCII_RULES);
      return Optional.of(wildcard + labels.toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException notAName) {
      return Optional.empty();
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
