package dev.slipway.redis;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// What becomes of keys when the memory is full.
public enum EvictionPolicy {
  /// None goes.
  NOEVICTION("returns errors when memory limit is reached"),
  /// The least often used go.
  ALLKEYS_LFU("removes less frequently used keys first"),
  /// As that, among those that expire.
  VOLATILE_LFU("removes less frequently used keys first that have an expiry set"),
  /// Those that were used the longest ago go.
  ALLKEYS_LRU("removes less recently used keys first"),
  /// As that, among those that expire.
  VOLATILE_LRU("removes less recently used keys first that have an expiry set"),
  /// Any go.
  ALLKEYS_RANDOM("evicts random keys"),
  /// Any of those that expire go.
  VOLATILE_RANDOM("evicts random keys but only those that have an expiry set"),
  /// Those that expire soonest go.
  VOLATILE_TTL("only evicts keys with an expiry set and a short TTL");

  private final String meaning;

  EvictionPolicy(String meaning) {
    this.meaning = meaning;
  }

  /// Redis's name for it, such as `allkeys-lru`.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// What it does, as the end of a sentence about it.
  public String meaning() {
    return meaning;
  }

  /// The policy of that name.
  ///
  /// @throws UserError when there is none
  public static EvictionPolicy named(String name) {
    return Arrays.stream(values())
        .filter(each -> each.label().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new UserError(
                new Problem(
                    ErrorCode.INVALID_PARAMS,
                    "There is no eviction policy " + name,
                    null,
                    "There are "
                        + Arrays.stream(values())
                            .map(EvictionPolicy::label)
                            .collect(Collectors.joining(", ")))));
  }
}
