package dev.slipway.router;

import dev.slipway.core.Secret;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/// Where routers call, in the network of Slipway's own parts: `/router/poll`, `/router/report`,
/// `/router/certificates` and `/router/logs`, each with the router's own token. Thread-safe. See
/// `docs/design/router-protocol.md`.
public final class RouterEndpoint {
  private static final Duration POLL = Duration.ofSeconds(10);
  private static final int MOST_BYTES = 8 * 1024 * 1024;

  private final Routers routers;
  private final Function<RouterId, Optional<Secret>> tokens;
  private final ServerCertificate.Source certificates;
  private final RouterLog log;
  private final RouterJson json = new RouterJson();
  private final TableEncoder encoder = new TableEncoder(json);

  /// An endpoint for these routers.
  ///
  /// @param tokens each known router's token
  /// @param certificates those that tables name
  /// @param log takes the routers' log lines
  public RouterEndpoint(
      Routers routers,
      Function<RouterId, Optional<Secret>> tokens,
      ServerCertificate.Source certificates,
      RouterLog log) {
    this.routers = routers;
    this.tokens = tokens;
    this.certificates = certificates;
    this.log = log;
  }

  /// Adds the routes to a server. Polls wait in their handler, so it should run virtual threads.
  public void routes(JavalinConfig config) {
    config.routes.post("/router/poll", this::poll);
    config.routes.post("/router/report", this::report);
    config.routes.post("/router/certificates", this::certificates);
    config.routes.post("/router/logs", this::logs);
  }

  private void poll(Context context) throws InterruptedException {
    var router = admit(context);
    if (router.isEmpty()) {
      return;
    }
    var body = body(context);
    if (body.isEmpty()) {
      return;
    }
    var table = routers.poll(router.get(), json.held(body.get()), POLL);
    if (table.isEmpty()) {
      // 202: this control has no table yet, so it can't say whether the router's is still right
      context.status(routers.table().isPresent() ? 204 : 202);
      return;
    }
    give(context, encoder.encode(table.get()));
  }

  /// The same bytes for all: with many routers, a copy for each would be more than the memory.
  private static void give(Context context, TableEncoder.Encoded table) {
    context.contentType("application/json");
    if (String.valueOf(context.header("Accept-Encoding")).contains("deflate")) {
      context
          .header("Content-Encoding", "deflate")
          .header("X-Slipway-Length", Integer.toString(table.plain().length))
          .result(table.deflated());
    } else {
      context.result(table.plain());
    }
  }

  private void report(Context context) {
    admit(context)
        .ifPresent(router ->
            body(context)
                .ifPresent(body -> {
                  routers.report(router, json.report(body));
                  context.status(204);
                }));
  }

  private void certificates(Context context) {
    var router = admit(context);
    if (router.isEmpty()) {
      return;
    }
    body(context)
        .ifPresent(body -> {
          var found =
              json.fingerprints(body).stream()
                  .flatMap(it -> certificates.find(it).stream())
                  .toList();
          var token = tokens.apply(router.get()).orElseThrow();
          context.contentType("application/json").result(json.encode(found, token));
        });
  }

  private void logs(Context context) {
    if (admit(context).isEmpty()) {
      return;
    }
    body(context)
        .ifPresent(body -> {
          new String(body, StandardCharsets.UTF_8)
              .lines()
              .flatMap(line -> LogLine.parse(line, routers::dyno).stream())
              .forEach(line -> log.line(line.app(), line.time(), line.text()));
          context.status(204);
        });
  }

  /// The router that calls, when it proves who it is; otherwise the answer is set to 401.
  private Optional<RouterId> admit(Context context) {
    var id = context.header("X-Slipway-Router");
    var given = context.header("Authorization");
    if (id != null && given != null) {
      try {
        var router = new RouterId(id, context.header("X-Slipway-Leaving") != null);
        if (tokens
            .apply(router)
            .filter(token -> new Secret("Bearer " + token.reveal()).matches(given))
            .isPresent()) {
          return Optional.of(router);
        }
      } catch (IllegalArgumentException notAnId) {
        // answered like any other stranger
      }
    }
    context.status(401);
    return Optional.empty();
  }

  private static Optional<byte[]> body(Context context) {
    if (context.contentLength() < 0 || context.contentLength() > MOST_BYTES) {
      context.status(413);
      return Optional.empty();
    }
    return Optional.of(context.bodyAsBytes());
  }
}
