package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The stock client's `container` commands. They make the image server's name themselves, of
/// `registry.` and the API's host, and hand it to docker; that is no name where the API's host is a
/// URL. So for these commands the host is `localhost` with the port of TLS, and the names that the
/// client makes of it must be known to the machine, since docker looks them up too.
///
/// Source: the client's code, version 11.10.0. It asks for what is released at the image server's
/// name, the port in it, as if that were a host name.
final class ContainerCommands {
  static final String API_NAME = "api.localhost";
  static final String REGISTRY_NAME = "registry.localhost";

  private static final Set<String> COMMANDS =
      Set.of(
          "container:login",
          "container:logout",
          "container:pull",
          "container:push",
          "container:release",
          "container:run");

  private final Path hosts;

  /// @param hosts the machine's file of host names
  ContainerCommands(Path hosts) {
    this.hosts = hosts;
  }

  /// The variables that such a command needs besides; none for another command.
  ///
  /// @param arguments as `heroku` would get them
  /// @param tlsPort where the API listens with TLS
  /// @param headers what every request of the client's carries already
  /// @throws UserError when the machine does not know the names; it says what to type
  Map<String, String> variables(
      List<String> arguments, int tlsPort, String key, Map<String, String> headers) {
    if (arguments.isEmpty() || !COMMANDS.contains(arguments.getFirst())) {
      return Map.of();
    }
    var names = List.of(API_NAME, REGISTRY_NAME, REGISTRY_NAME + ":" + tlsPort);
    if (!known().containsAll(names)) {
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              "heroku " + arguments.getFirst() + " was not run",
              "it finds the image server by names that this machine does not know",
              "as root: echo '127.0.0.1 " + String.join(" ", names) + "' >> " + hosts));
    }
    // The client gives its key to `localhost` by itself, and not to the names below it.
    var all = new LinkedHashMap<>(headers);
    all.put("authorization", "Bearer " + key);
    return Map.of(
        "HEROKU_HOST", "localhost:" + tlsPort, "HEROKU_HEADERS", ClientEnvironment.json(all));
  }

  private Set<String> known() {
    var known = new HashSet<String>();
    try {
      for (var line : Files.readAllLines(hosts)) {
        var words = line.replaceFirst("#.*", "").strip().split("\\s+", -1);
        if (words[0].startsWith("127.")) {
          known.addAll(Arrays.asList(words).subList(1, words.length));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return known;
  }
}
