package dev.slipway.hosted;

import dev.slipway.core.AccountId;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// The data of destroyed add-ons, for whoever had them made to take back or give up. Thread-safe.
///
/// @param <R> the row
public final class Kept<R extends Hosted> {
  private final Supplier<List<R>> all;
  private final Turns<R> turns;

  /// @param all the rows there are, in the order in which they were made
  public Kept(Supplier<List<R>> all, Turns<R> turns) {
    this.all = all;
    this.turns = turns;
  }

  /// The account's, the last one first.
  public List<R> of(AccountId owner) {
    return all.get().stream()
        .filter(each -> each.isKept() && each.owner().equals(owner))
        .toList()
        .reversed();
  }

  /// Changes the account's last one of that name or id, in its turn.
  ///
  /// @return the new row; nothing where there is none, or somebody took it back meanwhile
  public Optional<R> change(AccountId owner, String called, UnaryOperator<R> change) {
    return of(owner).stream()
        .filter(each -> each.name().equals(called) || each.id().toString().equals(called))
        .findFirst()
        .flatMap(found -> turns.changeIf(found.id(), Hosted::isKept, change));
  }
}
