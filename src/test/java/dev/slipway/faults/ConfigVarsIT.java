package dev.slipway.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Config vars reach the process as they were given, and nobody else.
@Tag("docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConfigVarsIT {
  private static final Path HOME = Path.of("/var/lib/slipway");

  private final FaultApp app = FaultApp.serving("good");

  @AfterAll
  void clean() {
    app.close();
  }

  @Test
  void anyTextReachesTheProcess() {
    var vars = new LinkedHashMap<String, String>();
    vars.put("BRACES", "{{.Service.Name}} {{ \"{{\" }} }} {{{{ {{/* */}} {{\"{{\"}}");
    vars.put("LINES", "one\ntwo\r\n\n\tthree\n");
    vars.put("QUOTES", "it's \"so\" `id` $(id) ${HOME} \\ \\n %s %n !#&|;<>*?~");
    vars.put("WORDS", "Grüße, 世界 🚢 \u200b\u00a0");
    vars.put("EMPTYISH", " ");
    vars.put("EQUALS", "=a=b=");
    vars.put("LARGE", "0123456789abcdef{{".repeat(60_000 / 18));
    app.configure(vars);
    vars.forEach((name, value) -> {
      var got = Base64.getDecoder().decode(app.get("/env?name=" + name).body().strip());
      assertEquals(value, new String(got, UTF_8), name);
    });
    var read = Api.get(app.path("config-vars")).json();
    vars.forEach((name, value) -> assertEquals(value, read.path(name).asString(), name));
    var gone = new LinkedHashMap<String, Object>();
    vars.keySet().forEach(name -> gone.put(name, null));
    assertEquals(200, Api.call("PATCH", app.path("config-vars"), Api.json(gone)).status());
    app.settle();
  }

  @Test
  void secretsAppearNowhere() throws IOException {
    var secret = "s3cret-" + UUID.randomUUID();
    app.configure(Map.of("TOKEN", secret, "SLIPWAY_BOOT_TIMEOUT", "5"));
    var seen = new ArrayList<String>();
    seen.add(app.push(Sources.dockerfile(leaky("exit 1"))).output());
    seen.add(app.push(Sources.dockerfile(leaky("true") + "CMD exit 4\n")).output());
    seen.add(app.push(Sources.good("still")).output());
    for (var build : app.list("builds")) {
      seen.add(build.toString());
    }
    for (var release : app.releases()) {
      seen.add(release.toString());
    }
    for (var part : List.of(Host.CONTROL, Host.ROUTER, Host.BUILDER, Host.REGISTRY)) {
      seen.add(Host.docker("logs", "--since", "5m", part));
    }
    seen.forEach(text -> assertFalse(text.contains(secret), text));
    assertTrue(seen.getFirst().contains("[REDACTED]"), seen.getFirst());
    assertEquals(List.of(), filesWith(secret));
    app.awaitMarker("still");
    var talkative = app.push(Sources.dockerfile("CMD echo \"I am $TOKEN\"; exit 5\n")).output();
    assertTrue(talkative.contains("I am"), talkative);
    assertFalse(talkative.contains(secret), talkative);
  }

  /// What a careless Dockerfile would write.
  private static String leaky(String then) {
    return "RUN --mount=type=secret,id=slipway_config cat /run/secrets/slipway_config; "
        + then
        + "\n";
  }

  /// Slipway's own files; what an app itself writes to its log is its own affair.
  private List<Path> filesWith(String secret) throws IOException {
    var found = new ArrayList<Path>();
    try (var files = Files.walk(HOME)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        try {
          if (Files.size(file) < 100_000_000
              && Files.readString(file, ISO_8859_1).contains(secret)) {
            found.add(file);
          }
        } catch (java.nio.file.NoSuchFileException gone) {
          // written and removed while we look
        }
      }
    }
    return found;
  }
}
