package dev.slipway.api;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.testing.HttpReceiver;
import dev.slipway.testing.SyslogReceiver;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Log drains by the stock client.
class HerokuDrainsTest extends OneHerokuCli {
  @BeforeEach
  void start() throws Exception {
    api.deployed("orders");
  }

  @Test
  void drainsAreAddedFilledListedAndRemoved() throws Exception {
    try (var https = new HttpReceiver(certificate.context());
        var syslog = new SyslogReceiver(certificate.context())) {
      var url = https.url().replace("://", "://user:secret@") + "/logs";
      cli.says("Successfully added drain " + url, "drains:add", url, "-a", "orders");
      cli.says(
          "Successfully added drain " + syslog.url(), "drains:add", syslog.url(), "-a", "orders");
      cli.fails("Url has already been taken", "drains:add", url, "-a", "orders");
      api.logs.act(api.apps.get("orders").id(), "for both drains");
      var token = api.drains.get(api.apps.get("orders").id(), syslog.url()).token();
      cli.says(syslog.url() + " (" + token + ")", "drains", "-a", "orders");
      cli.says("\"token\": \"" + token, "drains", "--json", "-a", "orders");
      await(
          "the line by HTTPS",
          () -> https.requests().getFirst().body().endsWith("app api - for both drains\n"));
      await(
          "the line by syslog",
          () -> syslog.messages().getFirst().endsWith(" app api - - for both drains"));
      cli.says("Successfully removed drain " + url, "drains:remove", url, "-a", "orders");
      cli.says("Successfully removed", "drains:remove", token, "-a", "orders");
      cli.fails("Couldn't find that drain", "drains:remove", token, "-a", "orders");
      assertEquals(0, api.get("/apps/orders/log-drains").json().size());
    }
  }

  @Test
  void whatCanNotBeADrainIsRefusedAndNotRepeated() throws Exception {
    cli.fails(
        "private to this machine or network",
        "drains:add",
        "https://user:secret@169.254.169.254/latest",
        "-a",
        "orders");
    cli.fails("without TLS", "drains:add", "syslog://9.9.9.9:514", "-a", "orders");
    var said = cli.heroku("drains:add", "gopher://user:secret@example.com", "-a", "orders");
    assertTrue(said.contains("https:// or syslog+tls://"), said);
    assertFalse(said.contains("secret"), said);
    var others =
        api.bare(
            "GET", "/apps/orders/log-drains", null, "Authorization", "Bearer " + TestApi.OTHER_KEY);
    assertEquals(404, others.status());
  }
}
