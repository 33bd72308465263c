package dev.slipway.build;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One image that a build makes.
///
/// @param name tells it from the build's other images
/// @param recipe where its Dockerfile comes from
/// @param target the stage to build, or null for the last
/// @param arguments the values of its `ARG`s
record ImagePlan(
    String name, Recipe recipe, @Nullable String target, SortedMap<String, String> arguments) {
  ImagePlan {
    arguments = Collections.unmodifiableSortedMap(new TreeMap<>(arguments));
  }

  ImagePlan(String name, Recipe recipe) {
    this(name, recipe, null, Collections.emptySortedMap());
  }

  /// With more arguments; its own come first.
  ImagePlan withDefaults(Map<String, String> more) {
    return with(more, arguments);
  }

  /// With more arguments, which come before its own.
  ImagePlan withArguments(Map<String, String> more) {
    return with(arguments, more);
  }

  private ImagePlan with(Map<String, String> first, Map<String, String> second) {
    var all = new TreeMap<>(first);
    all.putAll(second);
    return new ImagePlan(name, recipe, target, all);
  }

  /// Where a Dockerfile comes from.
  sealed interface Recipe {
    /// The source has it; the folder that holds it is what it can copy from.
    record Written(String dockerfile) implements Recipe {
      String context() {
        var slash = dockerfile.lastIndexOf('/');
        return slash < 0 ? "." : dockerfile.substring(0, slash);
      }
    }

    /// Made for the source; it can copy from all of it but what `ignored` names, a pattern a line.
    ///
    /// @param node the image of Node that it builds on, or null
    record Generated(String dockerfile, String ignored, @Nullable NodeImage node)
        implements Recipe {}
  }
}
