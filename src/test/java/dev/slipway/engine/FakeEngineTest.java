package dev.slipway.engine;

import dev.slipway.image.ImageReference;
import dev.slipway.testing.FakeEngine;

/// The engine that other tests use obeys the contract.
class FakeEngineTest extends EngineContract {
  private final FakeEngine engine = new FakeEngine();

  @Override
  Engine engine() {
    return engine;
  }

  @Override
  ImageReference image() {
    return new ImageReference("test", "sha256:" + "0".repeat(64));
  }
}
