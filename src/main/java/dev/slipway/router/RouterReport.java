package dev.slipway.router;

import dev.slipway.core.AppId;
import dev.slipway.core.ServiceName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a router tells: which table all its workers use, what they have in flight, what its probes
/// found, and what was counted since its last report.
///
/// @param boot names one run of the router's reporting worker; numbers start again with each
/// @param sequence counts up; a report sent again carries a number that was seen, or the next one
/// @param workers how many serve; none when the router has ended its last request and says good-bye
/// @param acknowledged the oldest table that any of its workers uses
/// @param inFlight requests per dyno, of all workers; those without any are left out
/// @param probes `ok` or what is wrong, per candidate
/// @param dropped log lines left out since the router's start
public record RouterReport(
    String boot,
    long sequence,
    int workers,
    TableVersion acknowledged,
    Map<ServiceName, Integer> inFlight,
    Map<ServiceName, String> probes,
    List<Counted> counted,
    long dropped) {
  /// Copies the collections.
  public RouterReport {
    inFlight = Map.copyOf(inFlight);
    probes = Map.copyOf(probes);
    counted = List.copyOf(counted);
  }

  boolean isTheLast() {
    return workers == 0;
  }

  /// Figures of an app's dyno, or of requests to the app that reached none.
  public record Counted(AppId app, Optional<ServiceName> service, Figures figures) {}
}
