package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// An app's life by the stock client against the real server: made, configured, pushed, scaled,
/// rolled back, destroyed.
class HerokuCliTest extends OneHerokuCli {
  @BeforeEach
  void start() throws Exception {
    cli.run("git", "init", "-q", "-b", "main");
  }

  @Test
  void anAppLivesItsLife() throws Exception {
    cli.says("you@example.com", "auth:whoami");
    cli.says("http://orders.localhost/ | https://localhost:", "apps:create", "orders");
    cli.says("orders", "apps");
    cli.says("Stack:          container", "apps:info", "-a", "orders");
    cli.says("done, v2", "config:set", "GREETING=hello {{world}}", "EMPTY=", "-a", "orders");
    cli.says("GREETING: hello {{world}}", "config", "-a", "orders");
    cli.says("done, v3", "config:unset", "EMPTY", "-a", "orders");
    cli.says("v3   Set config vars", "releases", "-a", "orders");
    cli.says("Change:                 Set config vars", "releases:info", "v2", "-a", "orders");
    cli.says("Enabling maintenance mode", "maintenance:on", "-a", "orders");
    cli.says("on", "maintenance", "-a", "orders");
    cli.says("Disabling maintenance mode", "maintenance:off", "-a", "orders");
    cli.says("Adding www.example.com", "domains:add", "www.example.com", "-a", "orders");
    cli.says("www.example.com   CNAME", "domains", "-a", "orders");
    cli.says("Removing www.example.com", "domains:remove", "www.example.com", "-a", "orders");
    cli.says("app[api]: Set config vars by someone", "logs", "-a", "orders");
    cli.says("(including all add-ons)... done", "apps:destroy", "-a", "orders", "-c", "orders");
    cli.fails("Couldn't find that app.", "apps:info", "-a", "orders");
  }

  @Test
  void aPushByHttpsRunsScalesRestartsAndRollsBack() throws Exception {
    cli.heroku("apps:create", "orders", "--no-remote");
    cli.says("set git remote heroku to https://localhost:", "git:remote", "-a", "orders");
    Files.writeString(cli.work().resolve("Procfile"), "web: npm start");
    cli.run("git", "add", "-A");
    cli.run("git", "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "one");
    var pushed = cli.run("git", "push", "heroku", "main");
    assertTrue(pushed.contains("remote:        Released v2"), pushed);
    cli.says("web.1: up", "ps", "-a", "orders");
    cli.says("now running web at 2:Standard-1X", "ps:scale", "web=2", "-a", "orders");
    cli.says("now running web at 3:Standard-2X", "ps:scale", "web+1:standard-2x", "-a", "orders");
    cli.says("Restarting all dynos", "ps:restart", "-a", "orders");
    cli.says("Restarting dyno web.1", "ps:restart", "-d", "web.1", "-a", "orders");
    cli.says("Restarting all web dynos", "ps:restart", "-p", "web", "-a", "orders");
    cli.says("done, v3", "config:set", "A=1", "-a", "orders");
    cli.says("Rolling back orders to v2... done, v4", "rollback", "-a", "orders");
    cli.says("Rolling back orders to v3... done, v5", "rollback", "v3", "-a", "orders");
    assertEquals(
        List.of("restart All[]", "restart One[name=web.1]", "restart OfType[type=web]"),
        api.operations.asked);
  }

  @Test
  void whatIsAboutNoAppAnswersToo() throws Exception {
    cli.says("Apps: No known issues at this time.", "status");
    cli.says("## 11.", "version:info");
    cli.says("from a local process", "local:run", "echo", "from a local process");
  }

  @Test
  void aTailShowsWhatComes() throws Exception {
    cli.heroku("apps:create", "orders", "--no-remote");
    var app = api.apps.get("orders").id();
    var tail = cli.start("logs", "--tail", "-a", "orders");
    var output = tail.inputReader(StandardCharsets.UTF_8);
    try {
      var line = output.readLine();
      while (line != null && !line.contains("Initial release")) {
        line = output.readLine();
      }
      api.logs.platform(app, "web.1", "State changed from starting to up");
      var next = output.readLine();
      assertTrue(next != null && next.contains("heroku[web.1]: State changed"), next);
    } finally {
      tail.descendants().forEach(ProcessHandle::destroy);
      tail.destroy();
    }
  }
}
