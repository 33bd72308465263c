package dev.slipway.router;

import dev.slipway.core.AppId;
import java.time.Instant;

/// Whoever wants the routers' log: one line per request, as Heroku's router writes it. Lines come
/// batch by batch, in order within a router; calls may come from several threads.
@FunctionalInterface
public interface RouterLog {
  /// Takes a line, such as `at=info method=GET path="/" host=x.localhost ...`.
  void line(AppId app, Instant time, String text);
}
