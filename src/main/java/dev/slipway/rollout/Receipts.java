package dev.slipway.rollout;

import dev.slipway.core.AppId;
import dev.slipway.store.Store;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// The receipts of all rollouts. Thread-safe.
public final class Receipts {
  private final RolloutStore rollouts;

  /// Receipts kept in the store.
  public Receipts(Store store, Clock clock) {
    this.rollouts = new RolloutStore(store, clock);
  }

  /// The app's newest receipt, once it has one.
  public Optional<Receipt> latest(AppId app) {
    return list(app).stream().findFirst();
  }

  /// The app's receipts, newest first, 200 at the most.
  public List<Receipt> list(AppId app) {
    return rollouts.receipts(app);
  }
}
