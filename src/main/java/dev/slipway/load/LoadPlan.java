package dev.slipway.load;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a load client sends: quick requests at a steady rate and, beside them, slow ones that are
/// in flight nearly always.
///
/// @param target scheme, host and port that connections go to; a path in it is not used
/// @param host the Host header, or null for the target's own
/// @param connections how many connections are used at once, those for slow requests included
/// @param requestsPerSecond quick requests a second over all connections; 0 for as fast as they go
/// @param duration how long new requests are sent; those in flight at its end are waited for
/// @param quick the short request
/// @param slow the long request, sent again as soon as it was answered
/// @param slowShare the share of the connections that send slow requests, 0 to 1
/// @param timeout how long an answer may take to its next byte before the request counts as lost
public record LoadPlan(
    URI target,
    @Nullable String host,
    int connections,
    double requestsPerSecond,
    Duration duration,
    Request quick,
    Request slow,
    double slowShare,
    Duration timeout) {
  private static final int MOST_CONNECTIONS = 4096;

  /// Checks that the plan can be carried out.
  ///
  /// @throws IllegalArgumentException naming the first thing that is wrong
  public LoadPlan {
    require(
        target.getHost() != null
            && ("http".equals(target.getScheme()) || "https".equals(target.getScheme())),
        "the target must be an http or https URL with a host");
    require(
        connections >= 1 && connections <= MOST_CONNECTIONS,
        "connections must be 1 to " + MOST_CONNECTIONS);
    require(
        requestsPerSecond >= 0 && Double.isFinite(requestsPerSecond), "the rate must be 0 or more");
    require(duration.isPositive(), "the duration must be longer than nothing");
    require(slowShare >= 0 && slowShare <= 1, "the slow share must be 0 to 1");
    require(timeout.isPositive(), "the time-out must be longer than nothing");
  }

  /// One kind of request.
  ///
  /// @param method an HTTP method
  /// @param path path and query, from `/` on
  /// @param body JSON to send, or null for none
  public record Request(String method, String path, @Nullable String body) {
    /// Checks the path.
    public Request {
      require(path.startsWith("/"), "a path must start with /: " + path);
      require(!method.isBlank(), "a method must be given");
    }

    /// A POST of this JSON.
    public static Request post(String path, String body) {
      return new Request("POST", path, body);
    }

    /// A GET.
    public static Request get(String path) {
      return new Request("GET", path, null);
    }
  }

  /// A gentle plan to start from: 8 connections, 50 POSTs a second to `/echo` for 30 s, nothing
  /// slow.
  public static LoadPlan on(URI target) {
    return new LoadPlan(
        target,
        null,
        8,
        50,
        Duration.ofSeconds(30),
        Request.post("/echo", "{}"),
        Request.get("/slow?seconds=8"),
        0,
        Duration.ofSeconds(40));
  }

  /// The same plan for an app known by this Host header.
  public LoadPlan withHost(String newHost) {
    return new LoadPlan(
        target, newHost, connections, requestsPerSecond, duration, quick, slow, slowShare, timeout);
  }

  /// The same plan at this rate over this many connections.
  public LoadPlan withRate(double newRequestsPerSecond, int newConnections) {
    return new LoadPlan(
        target,
        host,
        newConnections,
        newRequestsPerSecond,
        duration,
        quick,
        slow,
        slowShare,
        timeout);
  }

  /// The same plan for this long.
  public LoadPlan withDuration(Duration newDuration) {
    return new LoadPlan(
        target, host, connections, requestsPerSecond, newDuration, quick, slow, slowShare, timeout);
  }

  /// The same plan with another quick request.
  public LoadPlan withQuick(Request newQuick) {
    return new LoadPlan(
        target, host, connections, requestsPerSecond, duration, newQuick, slow, slowShare, timeout);
  }

  /// The same plan with this share of the connections sending this slow request.
  public LoadPlan withSlow(Request newSlow, double newSlowShare) {
    return new LoadPlan(
        target,
        host,
        connections,
        requestsPerSecond,
        duration,
        quick,
        newSlow,
        newSlowShare,
        timeout);
  }

  /// The same plan with another time-out.
  public LoadPlan withTimeout(Duration newTimeout) {
    return new LoadPlan(
        target, host, connections, requestsPerSecond, duration, quick, slow, slowShare, newTimeout);
  }

  /// How many connections send slow requests: at least one where the share is not 0.
  public int slowConnections() {
    return slowShare == 0 ? 0 : (int) Math.max(1, Math.round(connections * slowShare));
  }

  /// How many connections send quick requests.
  public int quickConnections() {
    return connections - slowConnections();
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
