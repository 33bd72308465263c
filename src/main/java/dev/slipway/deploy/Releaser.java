package dev.slipway.deploy;

import dev.slipway.apps.App;
import dev.slipway.core.AccountId;
import dev.slipway.release.Release;
import dev.slipway.release.Slug;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Makes releases on several apps, together with the rows of what they are made for: all of it is
/// written, or nothing. The rollouts go on in the background once it is.
public interface Releaser {
  /// Does the work in one transaction. What it throws undoes all of it.
  ///
  /// @param by who is said to have made the releases
  <T> T together(AccountId by, Function<Work, T> work);

  /// Why a release failed, if it did.
  Optional<String> problem(UUID release);

  /// What can be done in the transaction.
  interface Work {
    /// The transaction.
    Handle db();

    /// Releases code that was built before, on another app perhaps, with the app's config vars of
    /// now.
    Release code(App app, Slug slug, String description);

    /// Changes config vars, without asking whose they are; the code stays.
    ///
    /// @param changes a value sets, null unsets
    Release config(App app, Map<String, @Nullable String> changes, String description);
  }
}
