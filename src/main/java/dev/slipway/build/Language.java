package dev.slipway.build;

import java.util.Optional;

/// A way to build that sources can ask for, mostly a programming language. To add one, write it and
/// enter it in `Detection`.
interface Language {
  /// What must be in a source, for the message that nothing was recognised.
  String lookedFor();

  /// What to do with the source, or nothing when it is not of this kind.
  ///
  /// @throws dev.slipway.core.UserError when it is of this kind, and something in it is wrong
  Optional<BuildPlan> plan(Sources sources);
}
