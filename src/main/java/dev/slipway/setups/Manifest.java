package dev.slipway.setups;

import dev.slipway.core.DynoSize;
import dev.slipway.core.ProcessType;
import dev.slipway.core.Secret;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What an `app.json` asks for.
///
/// Source: Heroku Dev Center, "app.json Schema".
///
/// @param config config vars, with those that were generated and those that override
/// @param formation by process type
/// @param postdeploy a command to run once after the first deploy, or null
/// @param successUrl where to go once the app is there, or null
public record Manifest(
    SortedMap<String, Secret> config,
    Map<ProcessType, Dynos> formation,
    List<AddonWish> addons,
    @Nullable String postdeploy,
    @Nullable String successUrl) {
  /// How many dynos of a type, and how large.
  ///
  /// @param size null for the usual
  public record Dynos(int quantity, @Nullable DynoSize size) {}

  /// An add-on that the app wants.
  ///
  /// @param as what its config vars begin with, or null for the usual name
  public record AddonWish(String plan, @Nullable String as, Map<String, String> options) {
    /// Copies the options.
    public AddonWish {
      options = Map.copyOf(options);
    }
  }

  /// Copies the collections.
  public Manifest {
    config = Collections.unmodifiableSortedMap(new TreeMap<>(config));
    formation = Map.copyOf(formation);
    addons = List.copyOf(addons);
  }
}
