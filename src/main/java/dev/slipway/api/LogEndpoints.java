package dev.slipway.api;

import dev.slipway.api.model.LogSessionView;
import dev.slipway.apps.Apps;
import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.observe.LogFilter;
import dev.slipway.observe.LogLine;
import dev.slipway.observe.Logs;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.jspecify.annotations.Nullable;

/// Log sessions, and the streams that their secret URLs lead to.
final class LogEndpoints implements AutoCloseable {
  private static final Duration KEPT = Duration.ofHours(24);
  private static final int USUAL_LINES = 100;
  private static final int MOST_LINES = 1500;
  private static final int KEY_BYTES = 24;

  private record Session(LogRequest request, AccountId by, Instant since) {}

  private static final List<String> SOURCES = List.of(LogLine.APP, LogLine.PLATFORM);

  /// What logs lines without standing in the formation.
  private static final Set<String> ALWAYS_THERE =
      Set.of("api", "logplex", "release", "router", "run", "scheduler");

  private final Apps apps;
  private final Logs logs;
  private final Clock clock;
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();
  private final LogStreams streams = new LogStreams();

  LogEndpoints(Apps apps, Logs logs, Clock clock) {
    this.apps = apps;
    this.logs = logs;
    this.clock = clock;
  }

  void mount(Routes routes) {
    routes.post("/apps/{app}/log-sessions", "log_session", this::open);
    routes.open(HandlerType.GET, "/streams/{key}", this::stream);
  }

  /// Ends all streams, so that their clients come back when they can.
  @Override
  public void close() {
    streams.close();
  }

  private void open(Call call) {
    var app = call.app();
    var request = request(app.id(), call.body());
    var key = Secret.random(KEY_BYTES).reveal();
    var now = Instant.now(clock);
    sessions.values().removeIf(session -> session.since().isBefore(now.minus(KEPT)));
    sessions.put(key, new Session(request, call.account().id(), now));
    call.created(
        new LogSessionView(
            Views.seconds(now),
            UUID.randomUUID(),
            call.baseUrl() + "/streams/" + key,
            Views.seconds(now)));
  }

  private LogRequest request(AppId app, Body body) {
    var lines = body.optionalInteger("lines").orElse(USUAL_LINES);
    if (lines < 0) {
      throw Body.invalid("lines must not be negative.");
    }
    var dyno = body.optionalText("dyno").or(() -> body.optionalText("type")).orElse(null);
    var source = body.optionalText("source").orElse(null);
    if (source != null && !SOURCES.contains(source)) {
      throw Body.invalid(
          "There is no source of that name; the sources are "
              + String.join(" and ", SOURCES)
              + ".");
    }
    var filter = new LogFilter(dyno, source);
    requireKnown(app, dyno);
    var tail = body.optionalFlag("tail").orElse(false);
    return new LogRequest(app, filter, Math.min(lines, MOST_LINES), tail);
  }

  /// A dyno or type that never was and is not declared can only be a slip of the hand.
  private void requireKnown(AppId app, @Nullable String dyno) {
    if (dyno == null) {
      return;
    }
    var types = apps.formation(app).stream().map(entry -> entry.type().value()).toList();
    var type = dyno.replaceFirst("\\.[^.]*$", "");
    if (!types.contains(type)
        && !ALWAYS_THERE.contains(type)
        && logs.recent(app, new LogFilter(dyno, null), 1).isEmpty()) {
      throw Body.invalid(
          "There is no dyno or process type of that name. "
              + (types.isEmpty()
                  ? "Nothing is deployed yet; heroku logs without it shows all there is."
                  : "The types are " + String.join(", ", types) + "; heroku ps lists the dynos."));
    }
  }

  private void stream(Context http) throws Exception {
    var session = sessions.get(http.pathParam("key"));
    if (session == null) {
      throw UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that log session.");
    }
    // Access can have been taken since.
    AppAccess.require(apps, session.request().app().toString(), session.by());
    var response = http.res();
    response.setStatus(200);
    response.setContentType("text/event-stream");
    response.setHeader("Cache-Control", "no-store");
    var connection =
        ServletContextRequest.getServletContextRequest(http.req())
            .getConnectionMetaData()
            .getConnection()
            .getEndPoint();
    var usual = connection.getIdleTimeout();
    connection.setIdleTimeout(LogStreams.LONGEST_WRITE.toMillis());
    try {
      streams.run(logs, session.request(), lastSeen(http), response.getOutputStream());
    } finally {
      connection.setIdleTimeout(usual);
    }
  }

  /// The last line that the client has, or -1.
  private static long lastSeen(Context http) {
    var header = http.header("Last-Event-ID");
    return header != null && header.matches("[0-9]{1,18}") ? Long.parseLong(header) : -1;
  }
}
