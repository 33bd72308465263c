package dev.slipway.install;

import java.util.function.Consumer;

/// One step of a set-up. Done twice, it changes nothing the second time; broken off, it goes on.
///
/// @param title what it is about, in one to three words
/// @param work does it, tells details, and returns in a few words what came of it
record Step(String title, Work work) {
  /// The doing of a step.
  interface Work {
    String run(Consumer<String> detail);
  }
}
