package dev.slipway.router;

import dev.slipway.core.AppId;
import dev.slipway.core.Secret;
import dev.slipway.core.ServiceName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The JSON of the router protocol, to and from this package's records.
final class RouterJson {
  private final JsonMapper mapper =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  byte[] encode(AppRoutes app) {
    return mapper.writeValueAsBytes(app(app));
  }

  TableVersion held(byte[] body) {
    var held = mapper.readValue(body, Held.class);
    return new TableVersion(held.epoch, held.version);
  }

  RouterReport report(byte[] body) {
    var report = mapper.readValue(body, Report.class);
    return new RouterReport(
        report.boot,
        report.sequence,
        report.workers,
        new TableVersion(report.epoch, report.version),
        keyed(report.inflight, ServiceName::new),
        keyed(report.probes, ServiceName::new),
        report.figures.stream().map(RouterJson::counted).toList(),
        report.dropped);
  }

  List<String> fingerprints(byte[] body) {
    return mapper.readValue(body, Wanted.class).fingerprints;
  }

  /// Each key is sealed for the router that has this token.
  String encode(List<ServerCertificate> certificates, Secret token) {
    return mapper.writeValueAsString(
        certificates.stream()
            .map(each ->
                new Served(each.fingerprint(), each.chain(), SealedKey.pem(each.key(), token)))
            .toList());
  }

  private static App app(AppRoutes app) {
    return new App(
        app.app().toString(),
        app.name().value(),
        app.hosts(),
        app.maintenance(),
        app.webDynosWanted(),
        app.healthPath(),
        app.sessionAffinity(),
        app.pages(),
        app.certificates(),
        app.dynos().stream().map(RouterJson::dyno).toList(),
        app.candidates().stream().map(RouterJson::dyno).toList());
  }

  private static Dyno dyno(DynoRoute route) {
    return new Dyno(
        route.service().value(), route.dyno().toString(), route.address(), route.port());
  }

  private static RouterReport.Counted counted(Count count) {
    var classes = new TreeMap<Integer, Long>();
    for (var i = 0; i < count.status.size(); i++) {
      if (count.status.get(i) > 0) {
        classes.put(i + 1, count.status.get(i));
      }
    }
    return new RouterReport.Counted(
        AppId.of(count.app),
        Optional.ofNullable(count.service).map(ServiceName::new),
        new Figures(
            count.requests,
            count.lost,
            count.bytes,
            classes,
            new TreeMap<>(count.codes),
            new Latency(new TreeMap<>(keyed(count.latency, Integer::valueOf)))));
  }

  private static <K, V> Map<K, V> keyed(Map<String, V> map, Function<String, K> key) {
    var keyed = new HashMap<K, V>();
    map.forEach((name, value) -> keyed.put(key.apply(name), value));
    return keyed;
  }

  record Held(long epoch, long version) {}

  record Wanted(List<String> fingerprints) {}

  record Served(String fingerprint, String chain, String key) {}

  record App(
      String id,
      String name,
      List<String> hosts,
      boolean maintenance,
      int wanted,
      @Nullable String health,
      boolean affinity,
      Map<String, String> pages,
      Map<String, String> certificates,
      List<Dyno> dynos,
      List<Dyno> candidates) {}

  record Dyno(String service, String dyno, String address, int port) {}

  record Report(
      String boot,
      long sequence,
      int workers,
      long epoch,
      long version,
      long dropped,
      Map<String, Integer> inflight,
      Map<String, String> probes,
      List<Count> figures) {}

  record Count(
      String app,
      @Nullable String service,
      long requests,
      long lost,
      long bytes,
      List<Long> status,
      Map<String, Long> codes,
      Map<String, Long> latency) {}
}
