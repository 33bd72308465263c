package dev.slipway.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Drivers of other languages on the three ways to a database; psycopg2 is the sample's. What they
/// do is in the programs among the test resources.
@Tag("docker")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DriversIT {
  private static final String NODE_POSTGRES = "8.23.1";
  private static final List<String> WAYS =
      List.of("DATABASE", "DATABASE_DIRECT", "DATABASE_SESSION");

  private final TestDatabases databases = TestDatabases.create();

  @AfterAll
  void clean() {
    databases.close();
  }

  @Test
  void programsInJava() {
    var driver =
        Path.of(
            org.postgresql.Driver.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
    var program = Path.of("src/test/resources/faults/Drivers.java").toAbsolutePath();
    var command =
        new ArrayList<>(
            List.of("run", "--rm", "--label", "slipway.test", "--network", "slipway-dynos"));
    for (var way : WAYS) {
      command.addAll(List.of("--env", way + "_URL=" + databases.url(way)));
    }
    command.addAll(
        List.of("--volume", driver + ":/driver.jar:ro", "--volume", program + ":/Drivers.java:ro"));
    command.addAll(
        List.of("--entrypoint", "java", "slipway-control", "-cp", "/driver.jar", "/Drivers.java"));
    var said = Host.docker(command.toArray(String[]::new));
    assertTrue(said.endsWith("well"), said);
  }

  /// In a dyno of an app that has the driver as its dependency.
  @Test
  void programsInJavaScript() {
    var source = new HashMap<>(Sources.good("drivers"));
    source.put(
        "package.json",
        "{\"name\": \"fault\", \"version\": \"1.0.0\", \"dependencies\": {\"pg\": \""
            + NODE_POSTGRES
            + "\"}}");
    source.put("drivers.js", Sources.text("drivers.js"));
    var app = databases.app();
    var push = app.push(source);
    assertTrue(push.accepted(), push.output());
    app.awaitMarker("drivers");
    var said = Host.docker("exec", app.containers().getFirst(), "node", "drivers.js");
    assertTrue(said.endsWith("well"), said);
  }
}
