package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.testing.TestAuthority;
import dev.slipway.testing.TestAuthority.Issued;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Domains and certificates by the stock client.
class HerokuDomainsTest extends OneHerokuCli {
  private final TestAuthority authority = TestAuthority.root("Tests");

  @BeforeEach
  void start() throws Exception {
    api.send("POST", "/apps", "{\"name\":\"orders\"}");
    api.send("POST", "/apps", "{\"name\":\"other\"}");
  }

  @Test
  void domainsComeAreShownAndGo() throws Exception {
    cli.says(
        "point to the DNS Target orders.localhost",
        "domains:add",
        "WWW.Example.com",
        "-a",
        "orders");
    cli.says("Adding *.example.com", "domains:add", "*.example.com", "-a", "orders");
    cli.says("xn--bcher-kva.example", "domains:add", "bücher.example", "--json", "-a", "orders");
    cli.says("hostname: www.example.com", "domains:info", "www.example.com", "-a", "orders");
    cli.says("", "domains:wait", "www.example.com", "-a", "orders");
    cli.says("", "domains:wait", "-a", "orders");
    cli.says("*.example.com CNAME orders.localhost", "domains", "-a", "orders");
    cli.says("\"hostname\": \"orders.localhost\"", "domains", "--json", "-a", "orders");
    cli.says("www.example.com,CNAME,orders.localhost", "domains", "--csv", "-a", "orders");
    cli.fails(
        "Domain already added to this app.", "domains:add", "www.example.com", "-a", "orders");
    cli.fails(
        "is currently in use by another app", "domains:add", "www.example.com", "-a", "other");
    cli.fails("it is not a fully qualified domain", "domains:add", "nodots", "-a", "orders");
    cli.fails("names below localhost belong", "domains:add", "other.localhost", "-a", "orders");
    cli.fails("Couldn't find that domain.", "domains:info", "no.example.com", "-a", "orders");
    cli.says("hostname: xn--bcher-kva", "domains:info", "XN--Bcher-kva.example.", "-a", "orders");
    cli.says("Removing www.example.com", "domains:remove", "www.example.com", "-a", "orders");
    cli.says("Removing all domains", "domains:clear", "-a", "orders");
    assertEquals(1, api.get("/apps/orders/domains").json().size());
  }

  @Test
  void certificatesComeAreShownReplacedAndGo() throws Exception {
    var www = authority.issue("www.example.com", "shop.example.com");
    write("www", www);
    cli.says("has no SSL certificates", "certs", "-a", "orders");
    cli.says("Common Name(s): www.example.com", "certs:add", "www.crt", "www.key", "-a", "orders");
    cli.fails(
        "The app has this certificate already", "certs:add", "www.crt", "www.key", "-a", "orders");
    var name = api.get("/apps/orders/sni-endpoints").json().get(0).get("name").stringValue();
    cli.says(name + " www.example.com, shop.example.com", "certs", "-a", "orders");
    cli.says(
        "Adding www.example.com", "domains:add", "www.example.com", "--cert", name, "-a", "orders");
    cli.says("www.example.com CNAME orders.localhost " + name, "domains", "-a", "orders");
    cli.says("Subject: /CN=www.example.com", "certs:info", "--show-domains", "-a", "orders");
    cli.fails(
        "is not for no.example.org",
        "domains:add",
        "no.example.org",
        "--cert",
        name,
        "-a",
        "orders");

    write("next", authority.issue("www.example.com"));
    cli.says(
        "Updating SSL certificate " + name,
        "certs:update",
        "next.crt",
        "next.key",
        "--confirm",
        "orders",
        "-a",
        "orders");
    write("stranger", authority.issue("example.org"));
    cli.fails(
        "The new certificate is not for www.example.com",
        "certs:update",
        "stranger.crt",
        "stranger.key",
        "--confirm",
        "orders",
        "-a",
        "orders");
    cli.says("example.org", "certs:add", "stranger.crt", "stranger.key", "-a", "orders");
    cli.says(
        "Updating www.example.com to use",
        "domains:update",
        "www.example.com",
        "--cert",
        name,
        "-a",
        "orders");
    cli.fails("Must pass --name", "certs:remove", "--confirm", "orders", "-a", "orders");
    cli.says(
        "Removing SSL certificate " + name,
        "certs:remove",
        "--name",
        name,
        "--confirm",
        "orders",
        "-a",
        "orders");
    assertTrue(api.get("/apps/orders/domains/www.example.com").json().get("sni_endpoint").isNull());
  }

  @Test
  void badCertificatesAreRefusedAndAutomaticOnesPutOff() throws Exception {
    write("one", authority.issue("www.example.com"));
    write("two", authority.issue("www.example.com"));
    cli.fails(
        "Key doesn't match the PEM certificate", "certs:add", "one.crt", "two.key", "-a", "orders");
    cli.fails("the certificate comes first", "certs:add", "one.key", "one.crt", "-a", "orders");
    cli.says("Automatic Certificate Management is disabled", "certs:auto", "-a", "orders");
    cli.fails("Automatic certificates are not here yet", "certs:auto:enable", "-a", "orders");
    cli.says(
        "heroku certs:add www.example.com.crt www.example.com.key",
        "certs:generate",
        "www.example.com",
        "--now",
        "--selfsigned",
        "-a",
        "orders");
    cli.says(
        "SSL certificate is self signed.",
        "certs:add",
        "www.example.com.crt",
        "www.example.com.key",
        "-a",
        "orders");
  }

  @Test
  void aKeyComesBackNowhere() throws Exception {
    var issued = authority.issue("www.example.com");
    var body =
        TestApi.JSON.writeValueAsString(
            Map.of("certificate_chain", issued.certificate(), "private_key", issued.key()));
    var added = api.send("POST", "/apps/orders/sni-endpoints", body);
    assertEquals(201, added.status());
    var line = issued.key().lines().skip(1).findFirst().orElseThrow();
    assertFalse(added.text().contains(line));
    assertFalse(api.get("/apps/orders/sni-endpoints").text().contains(line));
    try (var files = Files.walk(home)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var text =
            new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
        assertFalse(text.contains(line), file::toString);
      }
    }
  }

  @Test
  void aDomainTakesTheBestCertificateUnlessOneIsChosen() throws Exception {
    api.send("POST", "/apps/orders/domains", "{\"hostname\":\"a.example.com\"}");
    assertEquals("", served("a.example.com"));
    var wildcard = add(authority.issue("*.example.com"));
    assertEquals(wildcard, served("a.example.com"));
    var change = "/apps/orders/domains/a.example.com";
    var own = add(authority.issue("a.example.com"));
    assertEquals(200, api.send("PATCH", change, "{\"sni_endpoint\":\"" + own + "\"}").status());
    assertEquals(own, served("a.example.com"));
    var domains = api.get("/apps/orders/sni-endpoints/" + own).json().get("domains");
    assertEquals(1, domains.size());
    assertEquals(200, api.send("DELETE", "/apps/orders/sni-endpoints/" + own, null).status());
    assertEquals(wildcard, served("a.example.com"));
    assertEquals(404, api.send("PATCH", change, "{\"sni_endpoint\":\"" + own + "\"}").status());
    assertEquals(422, api.send("PATCH", change, "{}").status());
    assertEquals(200, api.send("PATCH", change, "{\"sni_endpoint\":null}").status());
  }

  @Test
  void namesUnderSomebodyElsesWildcardAreRefused() {
    var stranger = "Bearer " + TestApi.OTHER_KEY;
    api.send("POST", "/apps/orders/domains", "{\"hostname\":\"*.example.com\"}");
    api.send("POST", "/apps/orders/domains", "{\"hostname\":\"deep.example.org\"}");
    api.bare("POST", "/apps", "{\"name\":\"theirs\"}", "Authorization", stranger);
    for (var taken : new String[] {"a.example.com", "b.a.example.com", "*.example.org"}) {
      var refused =
          api.bare(
              "POST",
              "/apps/theirs/domains",
              "{\"hostname\":\"" + taken + "\"}",
              "Authorization",
              stranger);
      assertEquals(422, refused.status(), taken);
    }
    var mine = api.send("POST", "/apps/other/domains", "{\"hostname\":\"a.example.com\"}");
    assertEquals(201, mine.status());
    var path = "/apps/orders/sni-endpoints";
    assertEquals(404, api.bare("GET", path, null, "Authorization", stranger).status());
    assertEquals(404, api.bare("POST", path, "{}", "Authorization", stranger).status());
  }

  private String add(Issued issued) {
    var body =
        TestApi.JSON.writeValueAsString(
            Map.of("certificate_chain", issued.certificate(), "private_key", issued.key()));
    return api.send("POST", "/apps/orders/sni-endpoints", body).json().get("name").stringValue();
  }

  private String served(String hostname) {
    var endpoint = api.get("/apps/orders/domains/" + hostname).json().get("sni_endpoint");
    return endpoint.isNull() ? "" : endpoint.get("name").stringValue();
  }

  private void write(String name, Issued issued) throws Exception {
    Files.writeString(cli.work().resolve(name + ".crt"), issued.certificate());
    Files.writeString(cli.work().resolve(name + ".key"), issued.key());
  }
}
