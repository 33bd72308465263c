package dev.slipway.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What a dyno, a build and a stranger can't reach, tried from inside each.
@Tag("docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReachIT {
  private static final List<Integer> PRIVATE = List.of(5000, 7070, 7080, 7443, 7444, 2375, 2376);

  /// Some networks answer for every address that is not theirs. What they say for one that nobody
  /// has is no sign of the platform.
  private static final String NOWHERE = "10.255.255.254";

  private final FaultApp app = FaultApp.serving("good");

  @AfterAll
  void clean() {
    app.close();
  }

  @Test
  void dynoReachesNoOtherDyno() {
    app.scale(2);
    var dynos = app.containers();
    assertEquals(2, dynos.size());
    var addresses = new LinkedHashSet<String>();
    dynos.forEach(dyno -> addresses.addAll(allAddresses(dyno)));
    var reached = new ArrayList<String>();
    for (var dyno : dynos) {
      var others = new LinkedHashSet<>(addresses);
      others.removeAll(allAddresses(dyno));
      for (var address : others) {
        if (reachesFrom(dyno, address, 5000)) {
          reached.add(dyno + " -> " + address);
        }
      }
    }
    assertEquals(List.of(), reached);
    app.scale(1);
  }

  @Test
  void dynoReachesNoPartOfThePlatform() {
    var reached = new ArrayList<String>();
    for (var part : List.of(Host.CONTROL, Host.REGISTRY, Host.BUILDER)) {
      for (var address : allAddresses(part)) {
        for (var port : PRIVATE) {
          if (connects(address, port)) {
            reached.add(part + " " + address + ":" + port);
          }
        }
      }
    }
    assertEquals(List.of(), reached);
  }

  @Test
  void dynoReachesNoPrivatePortOfItsHost() throws IOException {
    var reached = new ArrayList<String>();
    for (var address : hostAddresses()) {
      for (var port : PRIVATE) {
        if (connects(address, port)) {
          reached.add(address + ":" + port);
        }
      }
    }
    assertEquals(List.of(), reached);
  }

  @Test
  void buildReachesNoPartOfThePlatform() throws IOException {
    var targets = new LinkedHashSet<>(hostAddresses());
    for (var part : List.of(Host.CONTROL, Host.REGISTRY, Host.GATE)) {
      targets.addAll(allAddresses(part));
    }
    targets.removeIf(address -> address.contains(":"));
    var script = new StringBuilder("RUN <<EOF\n");
    for (var address : targets) {
      for (var port : PRIVATE) {
        script
            .append(
                "timeout 1 bash -c 'exec 3<>/dev/tcp/%s/%d' 2>/dev/null".formatted(address, port))
            .append(" && echo reached-%s-%d &\n".formatted(address, port));
      }
    }
    script.append("wait\necho all tried\nexit 1\nEOF\n");
    var push = app.push(Sources.dockerfile(script.toString()));
    assertTrue(push.output().contains("all tried"), push.output());
    var lines =
        push.output().lines().filter(line -> line.matches(".* reached-[0-9.]+-[0-9]+ *")).toList();
    assertEquals(List.of(), lines);
  }

  @Test
  void strangersReachNeitherRegistryNorApi() throws IOException {
    var reached = new ArrayList<String>();
    for (var address : hostAddresses()) {
      for (var port : PRIVATE) {
        if (!isLoopback(address) && opens(address, port)) {
          reached.add(address + ":" + port);
        }
      }
    }
    assertEquals(List.of(), reached);
    for (var port : List.of(5000, 7080)) {
      assertTrue(opens("127.0.0.1", port), "loopback:" + port);
    }
  }

  @Test
  void dynoHasFewCapabilitiesAndProcesses() {
    var status = app.get("/limits").body();
    var line = status.lines().filter(each -> each.startsWith("CapBnd:")).findFirst().orElseThrow();
    var held = Long.parseUnsignedLong(line.substring(7).strip(), 16);
    for (var name : List.of(12, 13, 16, 18, 19, 21, 27)) {
      assertEquals(0, held >> name & 1, "capability " + name + " of " + line);
    }
    var uid = status.lines().filter(each -> each.startsWith("Uid:")).findFirst().orElseThrow();
    assertFalse(uid.matches("Uid:\\s+0\\s.*"), uid);
    var container = app.containers().getFirst();
    var limit =
        Long.parseLong(Host.docker("inspect", "--format", "{{.HostConfig.PidsLimit}}", container));
    assertTrue(limit > 0 && limit <= 4096, "pids limit " + limit);
  }

  /// The router's own port shows that the way of asking can say yes.
  @Test
  void dynoReachesTheRouterAsAnybodyDoes() {
    assertTrue(
        allAddresses(Host.GATE).stream().anyMatch(address -> connects(address, 80)),
        "the probe never connects");
  }

  private boolean connects(String address, int port) {
    var answer = ask(address, port);
    return answer.startsWith("connected") && !answer.equals(ask(NOWHERE, port));
  }

  private String ask(String address, int port) {
    return app.get("/reach?host=" + address + "&port=" + port).body().strip();
  }

  private static boolean reachesFrom(String container, String address, int port) {
    var script =
        "timeout 1 bash -c 'exec 3<>/dev/tcp/%s/%d' 2>/dev/null && echo yes || echo no"
            .formatted(address, port);
    return Host.docker("exec", container, "sh", "-c", script).equals("yes");
  }

  private static boolean opens(String address, int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), 1000);
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  /// In the networks that the engine lists, and on the bridge that it does not.
  private static Set<String> allAddresses(String container) {
    var all = new LinkedHashSet<>(Host.addresses(container));
    var format = "{{range .Containers}}{{.Name}} {{.IPv4Address}}{{println}}{{end}}";
    var endpoint = Host.docker("inspect", "--format", "{{.NetworkSettings.SandboxID}}", container);
    Host.docker("network", "inspect", "--format", format, "docker_gwbridge")
        .lines()
        .map(line -> line.split(" ", -1))
        .filter(words -> words[0].equals("gateway_" + endpoint.substring(0, 12)))
        .forEach(words -> all.add(words[1].replaceAll("/.*", "")));
    return all;
  }

  private static Set<String> hostAddresses() throws IOException {
    var all = new LinkedHashSet<String>();
    for (var name : List.of("eth0", "docker0", "docker_gwbridge")) {
      var network = NetworkInterface.getByName(name);
      if (network != null) {
        network
            .inetAddresses()
            .filter(address -> !address.isLinkLocalAddress())
            .map(InetAddress::getHostAddress)
            .map(address -> address.replaceAll("%.*", ""))
            .forEach(all::add);
      }
    }
    assertFalse(all.isEmpty());
    return all;
  }

  private static boolean isLoopback(String address) throws IOException {
    return InetAddress.getByName(address).isLoopbackAddress();
  }
}
