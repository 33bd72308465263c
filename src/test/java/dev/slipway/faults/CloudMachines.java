package dev.slipway.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipway.testing.CloudConfig;
import dev.slipway.testing.Ec2Account;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/// Test hosts of this machine as what a cloud rents out: each request boots one, without Docker,
/// and does what cloud-init would do with the user data.
final class CloudMachines implements Ec2Account.Hardware {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// The keys come over standard input, one file after the other.
  private static final String FIRST_STAGE =
      """
      set -e
      hostname 'HOST'
      echo 'HOST' >/etc/hostname
      echo '127.0.1.1 HOST' >>/etc/hosts
      add() {
        useradd --create-home --shell /bin/bash "$1" 2>/dev/null || true
        echo "$1 ALL=(ALL) NOPASSWD:ALL" >/etc/sudoers.d/90-$1
        install -d -m 700 -o "$1" "/home/$1/.ssh"
        echo "$2" >"/home/$1/.ssh/authorized_keys"
        chown "$1:" "/home/$1/.ssh/authorized_keys"
      }
      USERS
      rm -f /etc/ssh/ssh_host_*
      umask 077
      cat >/etc/ssh/ssh_host_ed25519_key <<'KEY'
      PRIVATE_KEYKEY
      echo 'PUBLIC_KEY' >/etc/ssh/ssh_host_ed25519_key.pub
      cat >/root/runcmd <<'SCRIPT'
      RUNCMDSCRIPT
      setsid sh /root/runcmd </dev/null >/var/log/cloud-init-output.log 2>&1 &
      kill -HUP "$(pgrep -o -x sshd)"
      """;

  private final Map<String, Integer> numbers = new HashMap<>();

  /// What a command wrote, and how it ended.
  record Ended(int status, String said) {}

  @Override
  public synchronized String boot(Ec2Account.Instance instance) {
    var number = numbers.size() + 1;
    numbers.put(instance.id(), number);
    succeeds("", "bin/hosts", "up", "" + number, "--bare");
    succeeds(firstStage(instance), "bin/hosts", "ssh", "" + number, "sh -s");
    return address(number);
  }

  private static String firstStage(Ec2Account.Instance instance) {
    var config = CloudConfig.of(instance.userData());
    var users =
        config.users().entrySet().stream()
            .map(user -> "add '%s' '%s'".formatted(user.getKey(), user.getValue()))
            .collect(Collectors.joining("\n"));
    return FIRST_STAGE
        .replace("HOST", config.hostname())
        .replace("USERS", users)
        .replace("PRIVATE_KEY", config.privateHostKey())
        .replace("PUBLIC_KEY", config.publicHostKey())
        .replace("RUNCMD", config.script());
  }

  @Override
  public synchronized void end(Ec2Account.Instance instance) {
    succeeds("", "bin/hosts", "kill", "" + numbers.get(instance.id()));
  }

  private static String address(int number) {
    for (var host : JSON.readTree(succeeds("", "bin/hosts", "status", "--json"))) {
      if (host.path("host").asInt() == number) {
        return host.path("address").asString();
      }
    }
    throw new IllegalStateException("no host " + number);
  }

  static String succeeds(String input, String... command) {
    var ended = run(input, Map.of(), command);
    if (ended.status() != 0) {
      throw new IllegalStateException(String.join(" ", command) + "\n" + ended.said());
    }
    return ended.said();
  }

  static Ended run(String input, Map<String, String> environment, String... command) {
    try {
      var builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(environment);
      var process = builder.start();
      try (var in = process.getOutputStream()) {
        in.write(input.getBytes(UTF_8));
      }
      var said = new String(process.getInputStream().readAllBytes(), UTF_8);
      return new Ended(process.waitFor(), said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
