package dev.slipway.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/// Amazon EC2 as far as Slipway uses it, on a port of this machine: it takes the requests of AWS's
/// own client (the query protocol), answers in AWS's XML, and fails as AWS does when it is told to.
/// What its machines are is up to the test.
public final class Ec2StandIn implements AutoCloseable {
  /// The key that it knows.
  public static final String ACCESS_KEY = "AKIDSLIPWAYTEST";

  private static final String ENDPOINT = "aws.endpointUrlEc2";
  private static final Map<String, String> SETTINGS =
      Map.of(
          "aws.accessKeyId", ACCESS_KEY,
          "aws.secretAccessKey", "secret",
          "aws.disableEc2Metadata", "true",
          "aws.sharedCredentialsFile", "/nonexistent",
          "aws.configFile", "/nonexistent");

  private final Ec2Account account;
  private final HttpServer server;
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private volatile boolean expired;

  /// What goes wrong once: a refusal, or for the code `lost` an answer that nobody hears.
  private record Fault(String action, String code, int status) {}

  /// Listens on a free port.
  public Ec2StandIn(Ec2Account.Hardware hardware) {
    this.account = new Ec2Account(hardware);
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  /// Where it listens.
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// What the account has.
  public Ec2Account account() {
    return account;
  }

  /// The actions that were asked for, in their order; those that were refused, too.
  public List<String> calls() {
    return calls;
  }

  /// Refuses the action the next few times.
  public void refuse(String action, String code, int status, int times) {
    synchronized (faults) {
      for (var i = 0; i < times; i++) {
        faults.add(new Fault(action, code, status));
      }
    }
  }

  /// Does the action the next time, and breaks the connection off instead of an answer.
  public void loseAnswer(String action) {
    refuse(action, "lost", 0, 1);
  }

  /// Takes no credentials from now on.
  public void expire() {
    expired = true;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      var form = form(body);
      var action = form.getOrDefault("Action", "");
      calls.add(action);
      try {
        requireSigned(exchange);
        var fault = faultOf(action);
        if (fault != null && !fault.code().equals("lost")) {
          throw new Ec2Account.Refused(fault.code(), "told to by the test", fault.status());
        }
        var content = account.answer(action, form);
        if (fault == null) {
          send(exchange, 200, Xml.element(action + "Response", content));
        }
      } catch (Ec2Account.Refused e) {
        send(exchange, e.status(), e.xml());
      }
    }
  }

  private @org.jspecify.annotations.Nullable Fault faultOf(String action) {
    synchronized (faults) {
      var found = faults.stream().filter(fault -> fault.action().equals(action)).findFirst();
      found.ifPresent(faults::remove);
      return found.orElse(null);
    }
  }

  /// As much of a signature (version 4) as tells whose it is.
  private void requireSigned(HttpExchange exchange) {
    var header = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    if (!header.matches(
        "AWS4-HMAC-SHA256 Credential=[A-Z]+/\\d{8}/[a-z0-9-]+/ec2/aws4_request,"
            + " SignedHeaders=[a-z0-9;-]+, Signature=[0-9a-f]{64}")) {
      throw new Ec2Account.Refused("MissingAuthenticationToken", "not signed: " + header, 403);
    }
    if (!header.contains("Credential=" + ACCESS_KEY + "/")) {
      throw new Ec2Account.Refused(
          "AuthFailure", "AWS was not able to validate the provided access credentials", 401);
    }
    if (expired) {
      throw new Ec2Account.Refused("RequestExpired", "Request has expired.", 400);
    }
  }

  private static void send(HttpExchange exchange, int status, String xml) throws IOException {
    var bytes =
        ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + xml).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/xml;charset=UTF-8");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static Map<String, String> form(String body) {
    var form = new TreeMap<String, String>();
    for (var pair : body.split("&", -1)) {
      var parts = pair.split("=", 2);
      form.put(decoded(parts[0]), parts.length > 1 ? decoded(parts[1]) : "");
    }
    return form;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /// Has AWS's own client in this process come here, until this is closed.
  public void attract() {
    SETTINGS.forEach(System::setProperty);
    System.setProperty(ENDPOINT, url());
  }

  @Override
  public void close() {
    server.stop(0);
    SETTINGS.keySet().forEach(System::clearProperty);
    System.clearProperty(ENDPOINT);
  }

  /// Text with angle brackets.
  static final class Xml {
    private Xml() {}

    static String element(String name, String... content) {
      return "<" + name + ">" + String.join("", content) + "</" + name + ">";
    }

    static String text(String name, String text) {
      var escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
      return element(name, escaped);
    }

    static String items(String name, List<String> items) {
      return element(
          name, items.stream().map(each -> element("item", each)).toArray(String[]::new));
    }
  }
}
