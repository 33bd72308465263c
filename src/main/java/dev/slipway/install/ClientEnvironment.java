package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What the stock clients, `heroku` and `git`, must be told to work with this installation.
public final class ClientEnvironment {
  private final Home home;
  private final Path tools;
  private final ClientPorts ports;
  private final Supplier<Secret> key;
  private final String api;
  private final String gitHost;

  /// The environment for a control that is reached at these ports.
  ///
  /// @param home where its authority's certificate lies on this machine
  /// @param tools where tools that Slipway brought itself lie
  /// @param key gives the key of its API
  ClientEnvironment(Home home, Path tools, ClientPorts ports, Supplier<Secret> key) {
    this.home = home;
    this.tools = tools;
    this.ports = ports;
    this.key = key;
    this.api = "http://localhost:" + ports.api();
    this.gitHost = "localhost:" + ports.tls();
  }

  /// The API's address.
  public String api() {
    return api;
  }

  /// The key that every request must carry.
  public Secret apiKey() {
    return key.get();
  }

  /// Where the key lies.
  public Path apiKeyFile() {
    return home.secret(Secrets.API_KEY);
  }

  /// Where Slipway keeps tools that it brought itself.
  public Path tools() {
    return tools;
  }

  /// All variables, the key among them. Git asks a helper that reads the key from there, so that
  /// the key stands in no configuration.
  ///
  /// @param shell the environment that they are added to
  public Map<String, String> variables(Map<String, String> shell) {
    var all = new LinkedHashMap<String, String>();
    all.put("HEROKU_HOST", api);
    all.put("HEROKU_API_KEY", apiKey().reveal());
    all.put("HEROKU_GIT_HOST", gitHost);
    all.put("HEROKU_PARTICLEBOARD_URL", api);
    all.put("HEROKU_DATA_HOST", "localhost");
    all.put("HEROKU_LOGIN_HOST", api);
    all.put("HEROKU_STATUS_HOST", api);
    all.put("HEROKU_BUILDPACK_REGISTRY_URL", api);
    all.put("HEROKU_EXEC_URL", "https://" + gitHost + "/");
    all.put("NODE_EXTRA_CA_CERTS", trust("node-ca.crt", shell.get("NODE_EXTRA_CA_CERTS")));
    // Where this variable is set, git does not look at its settings per URL.
    if (shell.containsKey("GIT_SSL_CAINFO")) {
      all.put("GIT_SSL_CAINFO", trust("git-ca.crt", shell.get("GIT_SSL_CAINFO")));
    }
    if (!headers().isEmpty()) {
      all.put("HEROKU_HEADERS", json(headers()));
    }
    all.put("DISABLE_TELEMETRY", "true");
    all.put("HEROKU_DISABLE_AUTOUPDATE", "1");
    all.put("HEROKU_SKIP_NEW_VERSION_CHECK", "1");
    var git = gitSettings();
    all.put("GIT_CONFIG_COUNT", Integer.toString(git.size()));
    var number = 0;
    for (var setting : git.entrySet()) {
      all.put("GIT_CONFIG_KEY_" + number, setting.getKey());
      all.put("GIT_CONFIG_VALUE_" + number, setting.getValue());
      number++;
    }
    return all;
  }

  /// What a container command of the stock client needs besides; nothing for another command.
  Map<String, String> forContainers(List<String> arguments) {
    return new ContainerCommands(Path.of("/etc/hosts"))
        .variables(arguments, ports.tls(), apiKey().reveal(), headers());
  }

  /// Runs a client in this terminal, with all variables.
  ///
  /// @return its exit status
  public int run(List<String> command) {
    return run(command, Map.of());
  }

  /// The same with variables of its own besides.
  int run(List<String> command, Map<String, String> more) {
    var builder = new ProcessBuilder(command).inheritIO();
    builder.environment().putAll(variables(builder.environment()));
    builder.environment().putAll(more);
    try {
      return builder.start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ErrorCode.INTERNAL.exitCode();
    }
  }

  /// As the client wants its `HEROKU_HEADERS`.
  static String json(Map<String, String> headers) {
    return headers.entrySet().stream()
        .map(each -> '"' + each.getKey() + "\":\"" + each.getValue() + '"')
        .collect(Collectors.joining(",", "{", "}"));
  }

  private Map<String, String> headers() {
    return ports.equals(ClientPorts.OWN)
        ? Map.of()
        : Map.of("Slipway-Rendezvous-Port", Integer.toString(ports.rendezvous()));
  }

  private String trust(String bundle, @Nullable String before) {
    return new TrustBundle(home.tls("ca.crt"), home.tls(bundle)).with(before).toString();
  }

  private Map<String, String> gitSettings() {
    var helper =
        "!f() { test \"$1\" = get && echo username=slipway"
            + " && echo \"password=$HEROKU_API_KEY\"; }; f";
    var git = new LinkedHashMap<String, String>();
    git.put("http.https://" + gitHost + "/.sslCAInfo", home.tls("ca.crt").toString());
    git.put("credential.https://" + gitHost + ".helper", helper);
    git.put("credential." + api + ".helper", helper);
    return git;
  }
}
