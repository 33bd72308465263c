package dev.slipway.install;

import dev.slipway.core.Secret;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the stock clients, `heroku` and `git`, must be told to work with this installation.
public final class ClientEnvironment {
  private static final String API = "http://localhost:7080";
  private static final String GIT_HOST = "localhost:7443";

  private final Home home;

  ClientEnvironment(Home home) {
    this.home = home;
  }

  /// The API's address.
  public String api() {
    return API;
  }

  /// The key that every request must carry.
  public Secret apiKey() {
    return new Secret(Secrets.read(home.secret(Secrets.API_KEY)));
  }

  /// Where the key lies.
  public Path apiKeyFile() {
    return home.secret(Secrets.API_KEY);
  }

  /// Where Slipway keeps tools that it brought itself.
  public Path tools() {
    return home.tools();
  }

  /// All variables, the key among them. Git asks a helper that reads the key from its file, so that
  /// the key stands in no configuration.
  ///
  /// @param shell the environment that they are added to
  public Map<String, String> variables(Map<String, String> shell) {
    var all = new LinkedHashMap<String, String>();
    all.put("HEROKU_HOST", API);
    all.put("HEROKU_API_KEY", apiKey().reveal());
    all.put("HEROKU_GIT_HOST", GIT_HOST);
    all.put("HEROKU_PARTICLEBOARD_URL", API);
    all.put("HEROKU_DATA_HOST", "localhost");
    all.put("HEROKU_LOGIN_HOST", API);
    all.put("HEROKU_BUILDPACK_REGISTRY_URL", API);
    all.put("HEROKU_EXEC_URL", "https://" + GIT_HOST + "/");
    all.put("NODE_EXTRA_CA_CERTS", trust("node-ca.crt", shell.get("NODE_EXTRA_CA_CERTS")));
    // Where this variable is set, git does not look at its settings per URL.
    if (shell.containsKey("GIT_SSL_CAINFO")) {
      all.put("GIT_SSL_CAINFO", trust("git-ca.crt", shell.get("GIT_SSL_CAINFO")));
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

  private String trust(String bundle, @Nullable String before) {
    return new TrustBundle(home.tls("ca.crt"), home.tls(bundle)).with(before).toString();
  }

  private Map<String, String> gitSettings() {
    var helper =
        "!f() { test \"$1\" = get && echo username=slipway && echo \"password=$(cat "
            + apiKeyFile()
            + ")\"; }; f";
    var git = new LinkedHashMap<String, String>();
    git.put("http.https://" + GIT_HOST + "/.sslCAInfo", home.tls("ca.crt").toString());
    git.put("credential.https://" + GIT_HOST + ".helper", helper);
    git.put("credential." + API + ".helper", helper);
    return git;
  }
}
