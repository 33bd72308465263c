package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a machine says of itself before it joins.
///
/// @param values by name, as the script below prints them
/// @param asked when the script was started, by this machine's clock
/// @param answered when it had ended
record HostFacts(Map<String, String> values, Instant asked, Instant answered) {
  private static final Set<String> SYSTEMS = Set.of("debian 12", "ubuntu 22.04", "ubuntu 24.04");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
  private static final long LEAST_DISK_KILOBYTES = 4L << 20;
  private static final Duration MOST_SKEW = Duration.ofSeconds(30);

  /// Prints a fact a line. What listens on a port that Slipway needs is only of interest where
  /// Slipway's own gate is not there yet.
  private static final String SCRIPT =
      """
      . /etc/os-release
      echo "system=$ID $VERSION_ID"
      echo "machine=$(uname -m)"
      echo "kernel=$(uname -r)"
      echo "cpus=$(nproc)"
      echo "memory=$(awk '/^MemTotal/ { print $2 }' /proc/meminfo)"
      mkdir -p /var/lib/slipway
      echo "disk=$(df -Pk /var/lib/slipway | awk 'NR == 2 { print $4 }')"
      echo "address=$(ip -4 -o route get MANAGER | sed -n 's/.* src \\([0-9.]*\\).*/\\1/p')"
      echo "routes=$(tr '\\n' ';' </proc/net/route)"
      if ! docker inspect slipway-gate >/dev/null 2>&1; then
        for port in 80 443 5000; do
          ss -Hltn "sport = :$port" | grep -q . && echo "taken$port=yes"
        done
      fi
      echo "time=$(date +%s%3N)"
      """;

  /// Asks the host.
  ///
  /// @param manager the address of this Swarm's manager, to which the host must find a way
  static HostFacts of(HostConnection host, String manager) {
    var asked = Instant.now();
    var ended = host.run(SCRIPT.replace("MANAGER", manager), _ -> {});
    var answered = Instant.now();
    if (ended.status() != 0) {
      throw no(host.host().toString(), "its facts can't be read: " + ended.tail(), null);
    }
    return of(ended.lines(), asked, answered);
  }

  static HostFacts of(List<String> lines, Instant asked, Instant answered) {
    var values = new HashMap<String, String>();
    lines.stream()
        .map(line -> line.split("=", 2))
        .filter(pair -> pair.length == 2)
        .forEach(pair -> values.put(pair[0], pair[1].strip()));
    return new HostFacts(values, asked, answered);
  }

  /// Whether the machine can be a host.
  ///
  /// @param overlays addresses of the networks that hosts share
  /// @throws UserError when it can't; it says why, and what to do
  HostFacts require(String host, String ownMachine, List<Cidr> overlays) {
    if (!SYSTEMS.contains(value("system"))) {
      throw no(
          host,
          "it runs " + value("system"),
          "take one with Debian 12, Ubuntu 22.04 or Ubuntu 24.04");
    }
    if (!value("machine").equals(ownMachine)) {
      throw no(
          host,
          "it is " + value("machine") + " and this machine is " + ownMachine,
          "images are built for one kind of processor");
    }
    if (value("address").isEmpty()) {
      throw no(host, "it has no route to this machine", "look at `ip route` there");
    }
    if (number("disk") < LEAST_DISK_KILOBYTES) {
      throw no(
          host,
          "it has " + (number("disk") >> 10) + " MB of disk left below /var/lib",
          "4 GB are needed for images alone");
    }
    for (var port : List.of("80", "443", "5000")) {
      if (values.containsKey("taken" + port)) {
        throw no(
            host,
            "something listens on its port " + port,
            "see what, by `ss -ltnp` there, and end it");
      }
    }
    requireRoutes(host, overlays);
    requireClock(host);
    return this;
  }

  /// What the host sends elsewhere would never come to dynos, nor answers to those who have such an
  /// address.
  private void requireRoutes(String host, List<Cidr> overlays) {
    var routes = HostRoutes.parse(List.of(value("routes").replaceAll(";$", "").split(";", -1)));
    for (var overlay : overlays) {
      for (var taken : routes.taken()) {
        if (taken.overlaps(overlay)) {
          throw no(
              host,
              "it has a route to "
                  + taken
                  + ", and the fleet's dynos and routers are in "
                  + overlay,
              "see `ip route` there; a network of Docker's own there may be removed");
        }
      }
    }
  }

  /// Certificates between hosts are good for an hour before they are made, so a clock that is off
  /// by more keeps a host out, and one that is off by less spoils logs and tokens.
  private void requireClock(String host) {
    var time = Instant.ofEpochMilli(number("time"));
    var off =
        time.isBefore(asked) ? Duration.between(time, asked) : Duration.between(answered, time);
    if (off.compareTo(MOST_SKEW) > 0) {
      throw no(
          host,
          "its clock is %d s %s"
              .formatted(off.toSeconds(), time.isBefore(asked) ? "late" : "early"),
          "set it there, and keep it right: apt-get install systemd-timesyncd");
    }
  }

  /// The host's address on the way to the manager.
  String address() {
    return value("address");
  }

  int cpus() {
    return (int) number("cpus");
  }

  long memoryBytes() {
    return number("memory") << 10;
  }

  /// In a few words.
  String summary() {
    return value("system") + ", " + cpus() + " CPUs, " + (memoryBytes() >> 30) + " GB";
  }

  private String value(String name) {
    return values.getOrDefault(name, "");
  }

  private long number(String name) {
    var text = value(name);
    return NUMBER.matcher(text).matches() ? Long.parseLong(text) : 0;
  }

  private static UserError no(String host, String why, @Nullable String hint) {
    return new UserError(
        new Problem(ErrorCode.UNAVAILABLE, host + " can't be a host of this fleet", why, hint));
  }
}
