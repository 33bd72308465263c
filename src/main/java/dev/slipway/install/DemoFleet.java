package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Test hosts of `bin/hosts` on this machine, which join it for the demo: a fleet that nobody has
/// to rent. They stay afterwards.
final class DemoFleet {
  private static final Duration MISSED_WITHIN = Duration.ofSeconds(60);

  private final Installation installation;
  private final int count;

  /// @param count how many hosts join this one
  DemoFleet(Installation installation, int count) {
    this.installation = installation;
    this.count = count;
  }

  /// What must be done before apps run on them.
  List<Step> steps() {
    var steps = new ArrayList<Step>();
    steps.add(new Step("Test hosts", this::boot));
    for (var number = 1; number <= count; number++) {
      var place = number - 1;
      steps.add(new Step("Host " + number + " joins", detail -> join(place, detail)));
    }
    return steps;
  }

  private String boot(Consumer<String> detail) {
    command(detail, "up", Integer.toString(count));
    return count + " on this machine: bin/hosts status";
  }

  private String join(int place, Consumer<String> detail) {
    var host = status().get(place);
    var address = RemoteHost.of("ssh://root@" + host.path("address").asString());
    var key = Path.of(command(detail, "key").getFirst());
    var hosts = installation.hosts();
    hosts.identify(address, key, Objects.requireNonNull(host.path("key").asString()));
    hosts.add(address.url(), null, Map.of(), false, new StepDetails(detail));
    return host.path("name").asString() + ", " + address.name();
  }

  /// Takes the power from the last of them, and waits until it is missed.
  String cutPower(Consumer<String> detail) {
    var name = status().get(count - 1).path("name").asString();
    command(detail, "kill", Integer.toString(count));
    detail.accept("waiting until " + name + " is missed");
    if (!Waiting.until(MISSED_WITHIN, () -> isDown(name))) {
      throw problem(name + " is not missed", "./slipway hosts");
    }
    return Objects.requireNonNull(name);
  }

  private boolean isDown(String name) {
    return installation.hosts().list().stream()
        .anyMatch(host -> host.name().equals(name) && host.state().equals("down"));
  }

  private JsonNode status() {
    var json = String.join("", command(_ -> {}, "status", "--json"));
    return JsonMapper.shared().readTree(json);
  }

  private List<String> command(Consumer<String> detail, String... arguments) {
    var command = new ArrayList<>(List.of(installation.checkout().testHosts().toString()));
    command.addAll(List.of(arguments));
    var ended = Commands.run(Map.of(), command, detail);
    if (ended.status() != 0) {
      throw problem(
          "`bin/hosts " + String.join(" ", arguments) + "` failed:\n" + ended.tail(),
          "bin/hosts help");
    }
    return ended.lines();
  }

  private static UserError problem(String what, String hint) {
    return new UserError(new Problem(ErrorCode.FAILED, what, null, hint));
  }
}
