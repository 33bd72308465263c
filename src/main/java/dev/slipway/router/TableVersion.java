package dev.slipway.router;

/// Which route table: the start of the control that made it, in milliseconds since 1970, and a
/// number that control counts up. Tables of two epochs can't be compared; the running control's is
/// right.
public record TableVersion(long epoch, long number) {
  /// What a router holds that never had a table from any control.
  public static final TableVersion NONE = new TableVersion(0, 0);

  /// Whether whoever uses this one uses `other` or something newer of the same control.
  public boolean includes(TableVersion other) {
    return epoch == other.epoch && number >= other.number;
  }
}
