package dev.slipway.source;

import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.Secret;
import java.util.function.Consumer;

/// What the git server asks of the rest: who may push, and what to do with what was pushed.
public interface Pushes {
  /// What a client of git wants.
  enum Use {
    /// To read code.
    FETCH,
    /// To change it.
    PUSH
  }

  /// The account that has this key.
  ///
  /// @param client the address that it comes from
  /// @throws dev.slipway.core.UserError unauthorized, when none has; forbidden, when the key does
  ///   not reach so far; rate_limit, when the client tried too many
  AccountId authenticate(Secret key, Use use, String client);

  /// The app of that name, if the account may push to it.
  ///
  /// @throws dev.slipway.core.UserError not_found otherwise
  AppId app(String name, AccountId by);

  /// Builds, releases and rolls out what was pushed. The branch moves only when this returns. It
  /// goes on to its end also when the client has gone.
  ///
  /// @param lines shown to the client, each at once
  /// @throws dev.slipway.core.UserError when the push is to be refused; the reason stands in the
  ///   lines already
  void receive(Push push, Consumer<String> lines);
}
