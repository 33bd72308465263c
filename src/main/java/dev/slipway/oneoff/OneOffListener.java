package dev.slipway.oneoff;

import java.util.UUID;

/// Is told of one-off dynos that were promised. What throws is told again some seconds later.
public interface OneOffListener {
  /// Nobody wants to know.
  OneOffListener NONE =
      new OneOffListener() {
        @Override
        public void begun(UUID dyno) {}

        @Override
        public void ended(UUID dyno, OneOffEnd end) {}
      };

  /// The engine has the dyno.
  void begun(UUID dyno);

  /// The dyno has ended, and is removed when this returns. Told again by the next control where
  /// this one dies before it is removed, and then perhaps as lost: the first word counts.
  void ended(UUID dyno, OneOffEnd end);
}
