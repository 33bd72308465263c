package dev.slipway.rollout;

import dev.slipway.core.DynoName;
import dev.slipway.core.ProcessType;

/// Which dynos of an app are meant.
public sealed interface DynoSelection {
  /// Every dyno.
  record All() implements DynoSelection {}

  /// Those of one process type.
  record OfType(ProcessType type) implements DynoSelection {}

  /// A single one.
  record One(DynoName name) implements DynoSelection {}

  /// Whether the dyno is meant.
  default boolean includes(DynoName dyno) {
    return switch (this) {
      case All() -> true;
      case OfType(var type) -> dyno.type().equals(type);
      case One(var name) -> dyno.equals(name);
    };
  }

  /// The form in which it is stored: empty, a type, or a dyno's name.
  default String text() {
    return switch (this) {
      case All() -> "";
      case OfType(var type) -> type.value();
      case One(var name) -> name.toString();
    };
  }

  /// Reads the stored form.
  static DynoSelection of(String text) {
    if (text.isEmpty()) {
      return new All();
    }
    return text.contains(".") ? new One(DynoName.of(text)) : new OfType(new ProcessType(text));
  }
}
