package dev.slipway.api;

import dev.slipway.accounts.Account;
import dev.slipway.accounts.Caller;
import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// One authenticated request and its answer.
final class Call {
  /// Attributes that tell the error mapper what the request was about.
  static final String RESOURCE = "dev.slipway.resource";

  static final String APP = "dev.slipway.app";

  private static final int LARGEST_BODY = 1024 * 1024;

  private final Context http;
  private final Caller caller;
  private final Apps apps;
  private final String resource;

  /// @param resource what the endpoint is about, in Heroku's word, for errors
  Call(Context http, Caller caller, Apps apps, String resource) {
    this.http = http;
    this.caller = caller;
    this.apps = apps;
    this.resource = resource;
    http.attribute(RESOURCE, resource);
  }

  Caller caller() {
    return caller;
  }

  Account account() {
    return caller.account();
  }

  /// The address that the request comes from.
  String client() {
    return http.ip();
  }

  String param(String name) {
    return http.pathParam(name);
  }

  /// A parameter of the query, or null.
  @Nullable String query(String name) {
    return http.queryParam(name);
  }

  /// The app that the path names, if the account may use it.
  App app() {
    return app(http.pathParam("app"));
  }

  /// The app of that name or id, if the account may use it.
  App app(String nameOrId) {
    http.attribute(RESOURCE, "app");
    var app = AppAccess.require(apps, nameOrId, account().id());
    http.attribute(APP, app.name().value());
    http.attribute(RESOURCE, resource);
    return app;
  }

  /// The app that the path names, if it is the account's own.
  ///
  /// @throws UserError forbidden, when the account may use it but does not own it
  App ownApp() {
    return AppAccess.requireOwner(app(), account().id());
  }

  Body body() {
    return body(http);
  }

  /// The body of a request, of whoever it may be.
  static Body body(Context http) {
    try {
      var bytes = http.req().getInputStream().readNBytes(LARGEST_BODY + 1);
      if (bytes.length > LARGEST_BODY) {
        throw UserError.of(ErrorCode.BAD_REQUEST, "The request body is larger than 1 MB.");
      }
      return Body.parse(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The address by which the client reaches this server.
  String baseUrl() {
    return http.scheme() + "://" + http.host();
  }

  @Nullable String header(String name) {
    return http.header(name);
  }

  /// Adds a header to the answer.
  void answerHeader(String name, String value) {
    http.header(name, value);
  }

  void ok(Object answer) {
    send(200, answer);
  }

  void created(Object answer) {
    send(201, answer);
  }

  void accepted(Object answer) {
    send(202, answer);
  }

  <T> void page(Listing<T> listing, java.util.function.Function<T, ?> view) {
    var page = listing.page(http.header("Range"));
    http.header("Accept-Ranges", listing.acceptRanges());
    http.header("Content-Range", page.range());
    if (page.nextRange() != null) {
      http.header("Next-Range", page.nextRange());
    }
    send(page.nextRange() == null ? 200 : 206, page.rows().stream().map(view).toList());
  }

  private void send(int status, Object answer) {
    var bytes = Json.write(answer);
    http.status(status).contentType("application/json");
    if (http.req().getMethod().equals("GET")) {
      var tag = '"' + digest(bytes) + '"';
      http.header("ETag", tag);
      if (matches(http.header("If-None-Match"), tag)) {
        http.status(304);
        return;
      }
    }
    http.result(bytes);
  }

  private static boolean matches(@Nullable String header, String tag) {
    return header != null
        && Arrays.stream(header.split(",", -1))
            .map(each -> each.strip().replaceFirst("^W/", ""))
            .anyMatch(each -> each.equals("*") || each.equals(tag));
  }

  private static String digest(byte[] bytes) {
    try {
      var sum = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(sum, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
