package dev.slipway.store;

/// Where the changes of each transaction are kept besides the database, in order and without a gap,
/// so that the same database can be made anew elsewhere.
@FunctionalInterface
public interface Journal {
  /// Keeps the changes of one transaction. The transaction commits only after this returned, and is
  /// undone when it throws; its caller gets what was thrown.
  ///
  /// @param sequence one more than that of the transaction before
  /// @throws dev.slipway.core.UserError when they could not be kept
  void append(long sequence, Changes changes);
}
