package dev.slipway.install;

import dev.slipway.core.UserError;
import dev.slipway.engine.SwarmSetup.Membership;
import dev.slipway.objects.StoreSettings;
import dev.slipway.safekeeping.Copies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Looks for what keeps Slipway from working on this machine, and knows what to do about it.
final class Doctor {
  private static final long GIGABYTE = 1L << 30;
  private static final Map<Integer, String> PORTS =
      Map.of(
          80, "gate", 443, "gate", 5000, "gate", 7080, "control", 7443, "control", 7444, "control");

  private final Installation installation;
  private final List<Finding> findings = new ArrayList<>();

  Doctor(Installation installation) {
    this.installation = installation;
  }

  List<Finding> examine() {
    memory();
    disk(installation.home().directory(), "Disk of " + installation.home().directory());
    kernel();
    names();
    clock();
    ports();
    if (engine()) {
      swarm();
      parts();
    }
    stores();
    copies();
    certificates();
    leftovers();
    return List.copyOf(findings);
  }

  private void memory() {
    var total = Installation.memoryBytes();
    var text = "%.1f GB".formatted((double) total / GIGABYTE);
    if (total < GIGABYTE) {
      findings.add(Finding.red("Memory", text, "Slipway and one app need 2 GB at the least."));
    } else if (total < 2 * GIGABYTE) {
      findings.add(Finding.yellow("Memory", text, "Builds will be slow; 2 GB or more is better."));
    } else {
      findings.add(Finding.green("Memory", text));
    }
  }

  private void disk(Path place, String subject) {
    try {
      var existing = place;
      while (!Files.exists(existing) && existing.getParent() != null) {
        existing = existing.getParent();
      }
      var free = Files.getFileStore(existing).getUsableSpace();
      var text = "%.1f GB free".formatted((double) free / GIGABYTE);
      if (free < GIGABYTE) {
        findings.add(Finding.red(subject, text, "Deploys are refused below 1 GB: make room."));
      } else if (free < 5 * GIGABYTE) {
        findings.add(Finding.yellow(subject, text, "Make room, or give it a larger disk."));
      } else {
        findings.add(Finding.green(subject, text));
      }
    } catch (IOException e) {
      findings.add(Finding.red(subject, "can't be read: " + e.getMessage(), "Check the disk."));
    }
  }

  private void kernel() {
    var version = System.getProperty("os.version");
    var needed = List.of("overlay", "vxlan", "br_netfilter", "nf_tables_bridge");
    var missing = needed.stream().filter(feature -> !hasFeature(feature)).toList();
    if (missing.isEmpty()) {
      findings.add(Finding.green("Kernel", version + " with overlay, vxlan, nftables for bridges"));
    } else {
      findings.add(
          Finding.yellow(
              "Kernel",
              version + ", not seen: " + String.join(", ", missing),
              "If networks fail, load them with modprobe or take the distribution's kernel."));
    }
    var cgroup = Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"));
    var cgroup1 = Files.isDirectory(Path.of("/sys/fs/cgroup/memory"));
    findings.add(
        cgroup || cgroup1
            ? Finding.green("Control groups", cgroup ? "version 2" : "version 1")
            : Finding.red(
                "Control groups",
                "not mounted",
                "Mount them: `mount -t cgroup2 none /sys/fs/cgroup`."));
  }

  /// Built in, loaded, or on disk for the kernel to load.
  private static boolean hasFeature(String name) {
    var builtIn =
        switch (name) {
          case "overlay" -> fileContains(Path.of("/proc/filesystems"), "overlay");
          case "vxlan" -> Files.exists(Path.of("/proc/sys/net")) && hasSymbol("vxlan_init_module");
          case "br_netfilter" -> Files.isDirectory(Path.of("/proc/sys/net/bridge"));
          default -> hasSymbol("nft_do_chain_bridge") || hasSymbol("nf_tables_newrule");
        };
    return builtIn
        || Files.isDirectory(Path.of("/sys/module", name))
        || Commands.run(List.of("sh", "-c", "modinfo " + name)).status() == 0;
  }

  private static boolean hasSymbol(String symbol) {
    return fileContains(Path.of("/proc/kallsyms"), " " + symbol);
  }

  private static boolean fileContains(Path file, String text) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.anyMatch(line -> line.contains(text));
    } catch (IOException | java.io.UncheckedIOException e) {
      return false;
    }
  }

  private void names() {
    var mirror = DebianMirror.ofThisHost().map(java.net.URI::getHost).orElse("localhost");
    try {
      InetAddress.getByName(mirror);
      findings.add(Finding.green("DNS", "finds " + mirror));
    } catch (IOException e) {
      findings.add(
          Finding.yellow(
              "DNS",
              mirror + " is not found",
              "System images and builds need Debian's mirror: check /etc/resolv.conf."));
    }
  }

  private void clock() {
    var tooEarly = Instant.parse("2026-01-01T00:00:00Z");
    if (Instant.now().isBefore(tooEarly)) {
      findings.add(
          Finding.red(
              "Clock", "is at " + Instant.now(), "Set it; certificates fail with a wrong clock."));
      return;
    }
    var offset = ClockCheck.offset();
    if (offset == null) {
      findings.add(Finding.green("Clock", "plausible (nobody to compare with)"));
    } else if (offset.abs().compareTo(Duration.ofSeconds(30)) > 0) {
      findings.add(
          Finding.yellow(
              "Clock",
              offset.toSeconds() + " s off Debian's mirror",
              "Let it be set by NTP: `apt-get install systemd-timesyncd` or chrony."));
    } else {
      findings.add(Finding.green("Clock", "agrees with Debian's mirror"));
    }
  }

  private void ports() {
    PORTS.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(port -> port(port.getKey(), port.getValue()));
  }

  private void port(int port, String part) {
    var subject = "Port " + port;
    if (isFree(port)) {
      findings.add(Finding.green(subject, "free"));
    } else if (isOurs(part)) {
      findings.add(Finding.green(subject, "ours (" + part + ")"));
    } else {
      findings.add(
          Finding.red(
              subject,
              "is taken by somebody else",
              "`ss -ltnp sport = :" + port + "` shows by whom; end that and run `./slipway up`."));
    }
  }

  private boolean isOurs(String part) {
    return installation.docker().answers()
        && installation
            .containers()
            .find(SystemParts.container(part))
            .map(state -> state.running())
            .orElse(false);
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  private boolean engine() {
    if (!installation.docker().answers()) {
      findings.add(
          Finding.red(
              "Docker",
              Commands.exists("dockerd") ? "does not answer" : "is not installed",
              "`./slipway up` installs and starts it."));
      return false;
    }
    var info = installation.swarm().info();
    findings.add(Finding.green("Docker", info.version() + ", cgroup version " + info.cgroup()));
    disk(Path.of(info.dataDirectory()), "Disk of Docker");
    return true;
  }

  private void swarm() {
    var membership = installation.swarm().info().membership();
    findings.add(
        membership == Membership.MANAGER
            ? Finding.green("Swarm", "this host manages it")
            : Finding.red(
                "Swarm",
                "this host is no manager (" + membership + ")",
                "`./slipway up` makes a Swarm of one."));
  }

  private void parts() {
    for (var part : installation.status().parts()) {
      var subject = "Container " + SystemParts.container(part.name());
      findings.add(
          switch (part.state()) {
            case UP -> Finding.green(subject, "up");
            case SILENT ->
                Finding.red(
                    subject,
                    "runs and does not answer",
                    "`docker logs --tail 50 " + SystemParts.container(part.name()) + "`");
            case STOPPED -> Finding.red(subject, "is stopped", "`./slipway up` starts it.");
            case MISSING -> Finding.red(subject, "is missing", "`./slipway up` makes it.");
          });
    }
  }

  private void stores() {
    var clock = java.time.Clock.systemUTC();
    new ImageStore(installation).settings().ifPresent(store -> store("images", store));
    new BackupPlace(installation.home(), clock)
        .choice()
        .inStore()
        .ifPresent(store -> store("backups", store));
  }

  private void store(String what, StoreSettings settings) {
    var subject = "Store of " + what + ", " + settings.place().url();
    try (var store = new ImageStore(installation).open(settings)) {
      store.probe();
      findings.add(Finding.green(subject, "takes and gives back"));
    } catch (UserError e) {
      var problem = e.problem();
      var text = problem.what() + (problem.why() == null ? "" : ": " + problem.why());
      findings.add(Finding.red(subject, text, String.valueOf(problem.hint())));
    }
  }

  private void copies() {
    if (!Files.exists(Copies.keyFile(installation.home().directory()))) {
      return;
    }
    var subject = "Copies of control's state";
    var report = installation.stateCopies().report();
    var problem = report.problem(Instant.now());
    if (problem.isPresent()) {
      findings.add(Finding.red(subject, problem.get(), "`./slipway backup` makes one."));
    } else if (report.good().isEmpty()) {
      findings.add(Finding.yellow(subject, "none yet", "`./slipway backup` makes one."));
    } else {
      var text = report.name() + " in " + report.place() + " was read back, " + report.holds();
      findings.add(Finding.green(subject, text));
    }
  }

  private void certificates() {
    var file = installation.home().tls("control.crt");
    if (!Files.exists(file)) {
      findings.add(Finding.red("Certificate", "is missing", "`./slipway up` makes it."));
      return;
    }
    var left = Duration.between(Instant.now(), CertificateAuthority.end(file)).toDays();
    findings.add(
        left < 14
            ? Finding.red("Certificate", left + " days left", "`./slipway up` renews it.")
            : Finding.green("Certificate", left + " days left"));
  }

  private void leftovers() {
    if (!installation.docker().answers()) {
      return;
    }
    var retired =
        installation.containers().labelled(SystemParts.LABEL).stream()
            .filter(name -> name.endsWith(SystemContainers.retired("")))
            .toList();
    findings.add(
        retired.isEmpty()
            ? Finding.green("Leftovers", "none")
            : Finding.yellow(
                "Leftovers",
                String.join(", ", retired),
                "`docker rm -f " + String.join(" ", retired) + "`"));
  }
}
