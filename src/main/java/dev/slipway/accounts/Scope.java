package dev.slipway.accounts;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// How far a token reaches. Heroku's scopes: "protected" is what holds secrets, above all config
/// vars.
public enum Scope {
  /// Everything.
  GLOBAL,
  /// Who the account is.
  IDENTITY,
  /// Apps and all that belongs to them, but no secrets.
  READ,
  /// The same, and changing it.
  WRITE,
  /// Apps with their secrets.
  READ_PROTECTED,
  /// The same, and changing it.
  WRITE_PROTECTED;

  /// What a request asks of the token that it carries.
  public enum Need {
    /// Reads who the account is.
    IDENTITY,
    /// Reads.
    READ,
    /// Reads secrets.
    READ_PROTECTED,
    /// Changes apps.
    WRITE,
    /// Changes secrets, or runs commands that see them.
    WRITE_PROTECTED,
    /// Changes the account, its tokens, or who has access.
    GLOBAL;

    /// In the words of scopes.
    public String label() {
      return Scope.word(this);
    }
  }

  /// Heroku's word.
  public String label() {
    return word(this);
  }

  /// Reads Heroku's words; none mean everything.
  ///
  /// @throws UserError invalid_params, when one is unknown
  public static Set<Scope> of(Collection<String> labels) {
    var scopes = labels.stream().map(Scope::of).collect(Collectors.toSet());
    return scopes.isEmpty() ? Set.of(GLOBAL) : Set.copyOf(scopes);
  }

  /// Whether one of the scopes reaches so far.
  public static boolean meet(Set<Scope> scopes, Need need) {
    return scopes.stream().anyMatch(scope -> scope.meets(need));
  }

  private boolean meets(Need need) {
    return switch (need) {
      case IDENTITY -> true;
      case READ -> this != IDENTITY;
      case READ_PROTECTED -> this == READ_PROTECTED || meets(Need.WRITE_PROTECTED);
      case WRITE -> this == WRITE || meets(Need.WRITE_PROTECTED);
      case WRITE_PROTECTED -> this == WRITE_PROTECTED || this == GLOBAL;
      case GLOBAL -> this == GLOBAL;
    };
  }

  private static Scope of(String label) {
    return Arrays.stream(values())
        .filter(scope -> scope.label().equals(label))
        .findFirst()
        .orElseThrow(() ->
            UserError.of(
                ErrorCode.INVALID_PARAMS,
                "scope must be of "
                    + Arrays.stream(values()).map(Scope::label).collect(Collectors.joining(", "))
                    + "."));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
