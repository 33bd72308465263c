package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.DockerApi;
import dev.slipway.engine.Duplex;
import dev.slipway.engine.SocketRelay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Another host, as root, by the SSH client: with whatever keys, agent, passphrase and jump hosts
/// its settings name. The host's key is pinned when it is first seen, in a file of this
/// installation's own. One connection is shared by all that is done there.
final class HostConnection implements AutoCloseable {
  private static final String KNOWN = "known_hosts";
  private static final String SSH_PORT = "22";

  /// In the directory of a host whose key Slipway itself made: a link to the key that opens it.
  private static final String IDENTITY = "identity";

  /// In the directory of a host: how it is reached, for when the Swarm can't say.
  private static final String URL = "url";

  private static final String STAYS_SECONDS = "60";
  private static final int CONNECT_SECONDS = 10;

  private final List<String> client;
  private final RemoteHost host;
  private final List<String> asRoot;
  private final SocketRelay relay;
  private final DockerApi docker;

  private HostConnection(
      List<String> client, RemoteHost host, Path directory, List<String> asRoot) {
    this.client = client;
    this.host = host;
    this.asRoot = asRoot;
    var socket = directory.resolve("docker");
    var program = command("docker", "system", "dial-stdio");
    this.relay =
        SocketRelay.open(
            socket,
            () -> Duplex.of(new ProcessBuilder(program).redirectError(Redirect.DISCARD).start()));
    this.docker = new DockerApi(socket);
  }

  /// Connects. The SSH client asks for passphrases in this terminal, and whether a key that it has
  /// not seen is the host's.
  ///
  /// @param client how the SSH client is started, such as `ssh`
  /// @param hosts the directory of what is kept of other hosts
  /// @param takesNewKey whether a key that was not seen before is taken without a question
  /// @throws UserError when there is no connection, or no way to be root there
  static HostConnection open(
      List<String> client, RemoteHost host, Path hosts, boolean takesNewKey) {
    var directory = hosts.resolve(host.directory());
    Home.makePrivate(directory);
    var options = new ArrayList<>(client);
    // The first word on an option is the one that counts for the SSH client.
    options.addAll(identity(directory));
    options.addAll(options(hosts, directory, takesNewKey));
    var asRoot = asRoot(options, host);
    Home.writePrivate(directory.resolve(URL), host.url() + "\n");
    return new HostConnection(options, host, directory, asRoot);
  }

  /// Unpins the host's key, and offers it none of ours: another machine may get its address.
  static void forgetKey(List<String> client, RemoteHost host, Path hosts) {
    try {
      Files.deleteIfExists(hosts.resolve(host.directory()).resolve(IDENTITY));
      Files.deleteIfExists(hosts.resolve(host.directory()).resolve(URL));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var settings = new ArrayList<>(client);
    settings.add("-G");
    settings.addAll(host.arguments());
    unpin(keyName(Commands.run(settings).lines()), hosts);
  }

  /// How the hosts are reached that there was a connection to, and that are not forgotten.
  static List<RemoteHost> known(Path hosts) {
    if (!Files.isDirectory(hosts)) {
      return List.of();
    }
    try (var directories = Files.list(hosts)) {
      return directories
          .map(directory -> directory.resolve(URL))
          .filter(Files::exists)
          .map(HostConnection::read)
          .map(url -> RemoteHost.of(url.strip()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A host that has another address has the same key: who shows another one there is refused.
  static void move(RemoteHost from, RemoteHost to, Path hosts) {
    var known = hosts.resolve(KNOWN);
    var lines = Files.exists(known) ? read(known).lines().toList() : List.<String>of();
    var keys = keys(lines, name(from));
    if (!keys.isEmpty() && keys(lines, name(to)).isEmpty()) {
      pin(to, keys, hosts);
    }
    var identity = hosts.resolve(from.directory()).resolve(IDENTITY);
    if (Files.isSymbolicLink(identity)) {
      identify(to, target(identity), hosts);
    }
  }

  private static List<String> keys(List<String> known, String name) {
    return known.stream()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> line.substring(name.length() + 1))
        .toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path target(Path link) {
    try {
      return Files.readSymbolicLink(link);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void unpin(String name, Path hosts) {
    var file = hosts.resolve(KNOWN).toString();
    Commands.run(List.of("ssh-keygen", "-f", file, "-R", name));
  }

  private static String name(RemoteHost host) {
    return host.port() > 0 && !SSH_PORT.equals("" + host.port())
        ? "[" + host.name() + "]:" + host.port()
        : host.name();
  }

  /// Pins these public keys as the host's, and no others.
  static void pin(RemoteHost host, List<String> publicKeys, Path hosts) {
    unpin(name(host), hosts);
    var file = hosts.resolve(KNOWN);
    var known = new StringBuilder();
    try {
      if (Files.exists(file)) {
        known.append(Files.readString(file));
      }
      publicKeys.forEach(
          key -> known.append(name(host)).append(' ').append(key.strip()).append('\n'));
      Home.writePrivate(file, known.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// From now on this private key and no other is offered to the host, and only a pinned key of its
  /// own is good enough.
  static void identify(RemoteHost host, Path key, Path hosts) {
    var directory = hosts.resolve(host.directory());
    Home.makePrivate(directory);
    try {
      Files.deleteIfExists(directory.resolve(IDENTITY));
      Files.createSymbolicLink(directory.resolve(IDENTITY), key);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> identity(Path directory) {
    var key = directory.resolve(IDENTITY);
    return Files.exists(key)
        ? List.of(
            "-o", "IdentityFile=\"" + key + "\"",
            "-o", "IdentitiesOnly=yes",
            "-o", "StrictHostKeyChecking=yes")
        : List.of();
  }

  /// Whether one may log in there now. Asks nobody and says nothing.
  static boolean answers(List<String> client, RemoteHost host, Path hosts) {
    var command = new ArrayList<>(client);
    command.addAll(identity(hosts.resolve(host.directory())));
    command.addAll(pinned(hosts));
    command.addAll(List.of("-T", "-o", "BatchMode=yes"));
    command.addAll(host.arguments());
    command.add("true");
    return Commands.run(command).status() == 0;
  }

  /// The name under which the SSH client keeps a host's key.
  ///
  /// @param settings that are good for the host, as `ssh -G` prints them
  static String keyName(List<String> settings) {
    var values =
        settings.stream()
            .map(line -> line.split(" ", 2))
            .filter(pair -> pair.length == 2)
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (first, _) -> first));
    var name = values.getOrDefault("hostname", "");
    var port = values.getOrDefault("port", SSH_PORT);
    return values.getOrDefault(
        "hostkeyalias", port.equals(SSH_PORT) ? name : "[" + name + "]:" + port);
  }

  /// Runs the SSH client in this terminal.
  ///
  /// @param words the command to run there; empty for a shell
  /// @return the client's exit status
  static int shell(List<String> client, RemoteHost host, Path hosts, List<String> words) {
    var command = program(client, host, hosts, words.isEmpty(), words);
    return status(new ProcessBuilder(command).inheritIO());
  }

  /// The SSH client's command that runs one there.
  ///
  /// @param terminal whether what runs there wants one
  static List<String> program(
      List<String> client, RemoteHost host, Path hosts, boolean terminal, List<String> words) {
    var command = new ArrayList<>(client);
    command.addAll(identity(hosts.resolve(host.directory())));
    command.addAll(pinned(hosts));
    if (terminal) {
      command.add("-t");
    }
    command.addAll(host.arguments());
    command.addAll(words);
    return command;
  }

  private static List<String> pinned(Path hosts) {
    return List.of(
        "-o", "UserKnownHostsFile=\"" + hosts.resolve(KNOWN) + "\"",
        "-o", "GlobalKnownHostsFile=none",
        "-o", "HashKnownHosts=no",
        "-o", "ConnectTimeout=" + CONNECT_SECONDS,
        "-o", "ServerAliveInterval=15");
  }

  private static List<String> options(Path hosts, Path directory, boolean takesNewKey) {
    var options = new ArrayList<>(pinned(hosts));
    options.addAll(
        List.of(
            "-T",
            "-o",
            "StrictHostKeyChecking=" + (takesNewKey ? "accept-new" : "ask"),
            "-o",
            "ControlPath=\"" + directory.resolve("ssh") + "\"",
            "-o",
            "ControlMaster=auto",
            "-o",
            "ControlPersist=" + STAYS_SECONDS));
    return options;
  }

  /// The first command makes the connection that all others share; it says who we are there.
  private static List<String> asRoot(List<String> options, RemoteHost host) {
    var command = new ArrayList<>(options);
    command.addAll(host.arguments());
    command.add(
        "if [ \"$(id -u)\" = 0 ]; then exit 0; fi; sudo -n true 2>/dev/null && exit 3; exit 4");
    return switch (status(quiet(command))) {
      case 0 -> List.of();
      case 3 -> List.of("sudo", "-n", "--");
      case 4 ->
          throw problem(
              "On " + host + " your user is not root and sudo asks for a password",
              "what joins a host runs there as root, without anybody who types",
              "Let it sudo without one (NOPASSWD), or use ssh://root@" + host.name());
      default ->
          throw problem(
              "There is no SSH connection to " + host,
              "ssh says why above; a key that is new must be agreed to, one that has changed is"
                  + " refused",
              "Try: ssh " + String.join(" ", host.arguments()) + "; --yes takes a new key");
    };
  }

  private static ProcessBuilder quiet(List<String> command) {
    return new ProcessBuilder(command).inheritIO().redirectOutput(Redirect.DISCARD);
  }

  private static int status(ProcessBuilder ssh) {
    try {
      return ssh.start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while connecting", e);
    }
  }

  /// Runs a shell script there, which is sent as its input: what it holds is in no list of
  /// processes.
  Commands.Ended run(String script, Consumer<String> line) {
    var input = script.getBytes(StandardCharsets.UTF_8);
    return Commands.run(command("sh", "-s"), input, line);
  }

  /// The host's engine.
  DockerApi docker() {
    return docker;
  }

  RemoteHost host() {
    return host;
  }

  @Override
  public void close() {
    try {
      docker.close();
      relay.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var end = new ArrayList<>(client);
    end.addAll(List.of("-O", "exit"));
    end.addAll(host.arguments());
    Commands.run(end);
  }

  private List<String> command(String... words) {
    var command = new ArrayList<>(client);
    command.addAll(host.arguments());
    command.addAll(asRoot);
    command.addAll(List.of(words));
    return command;
  }

  private static UserError problem(String what, String why, String hint) {
    return new UserError(new Problem(ErrorCode.UNAVAILABLE, what, why, hint));
  }
}
