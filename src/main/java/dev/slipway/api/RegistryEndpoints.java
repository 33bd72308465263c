package dev.slipway.api;

import dev.slipway.accounts.Accounts;
import dev.slipway.accounts.Caller;
import dev.slipway.accounts.Scope;
import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.ProcessType;
import dev.slipway.core.UserError;
import dev.slipway.deploy.PushedImages;
import dev.slipway.deploy.Transfer;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The image server as docker clients see it: `APP/TYPE` for the process types of the apps that the
/// token's account may use, and nothing else. Any user name will do.
///
/// Source: the OCI distribution specification 1.1, and its predecessor, Docker's registry HTTP API
/// v2. There is no list of repositories, no delete, and no mount of another repository's layers.
final class RegistryEndpoints {
  private static final String REPOSITORY = "/v2/{app}/{type}/";
  private static final String MANIFEST = REPOSITORY + "manifests/{reference}";
  private static final String BLOB = REPOSITORY + "blobs/{digest}";
  private static final String UPLOADS = REPOSITORY + "blobs/uploads";
  private static final String UPLOAD = UPLOADS + "/{upload}";

  /// What may stand in a path or a query that is passed on: nothing that leads out of the app's
  /// repository.
  private static final Pattern DIGEST = Pattern.compile("[a-z0-9]+:[0-9a-f]{32,128}");

  private static final Pattern REFERENCE = Pattern.compile("\\w[\\w.-]{0,63}|" + DIGEST);
  private static final Pattern UPLOAD_ID = Pattern.compile("[A-Za-z0-9_=-]{1,128}");
  private static final Pattern QUERY =
      Pattern.compile("([A-Za-z0-9_=&:.~-]|%[0-9A-Fa-f]{2}){0,2048}");

  private static final List<String> ASKED =
      List.of("Accept", "Content-Type", "Content-Range", "Range", "If-None-Match");
  private static final List<String> ANSWERED =
      List.of(
          "Content-Type",
          "Content-Range",
          "Range",
          "Accept-Ranges",
          "ETag",
          "Docker-Content-Digest",
          "Docker-Upload-UUID");

  /// The process type of an app whose images a request is about.
  private record Repository(App app, String name, ProcessType type) {}

  @FunctionalInterface
  private interface Endpoint {
    void answer(Context http, Repository repository) throws IOException;
  }

  private final Accounts accounts;
  private final Apps apps;
  private final PushedImages images;

  RegistryEndpoints(Accounts accounts, Apps apps, PushedImages images) {
    this.accounts = accounts;
    this.apps = apps;
    this.images = images;
  }

  void mount(Routes routes) {
    routes.open(HandlerType.GET, "/v2", inDockersShape(this::greet));
    for (var method : List.of(HandlerType.GET, HandlerType.HEAD)) {
      add(routes, method, MANIFEST, Scope.Need.READ, this::manifest);
      add(routes, method, BLOB, Scope.Need.READ, this::blob);
    }
    add(routes, HandlerType.PUT, MANIFEST, Scope.Need.WRITE, this::manifest);
    add(routes, HandlerType.POST, UPLOADS, Scope.Need.WRITE, this::beginUpload);
    for (var method :
        List.of(HandlerType.GET, HandlerType.PATCH, HandlerType.PUT, HandlerType.DELETE)) {
      add(routes, method, UPLOAD, Scope.Need.WRITE, this::upload);
    }
  }

  private void add(
      Routes routes, HandlerType method, String path, Scope.Need need, Endpoint endpoint) {
    routes.open(
        method, path, inDockersShape(http -> endpoint.answer(http, repository(http, need))));
  }

  /// How a client finds out whether it must log in, and whether its token is good.
  private void greet(Context http) {
    authenticate(http);
    http.contentType("application/json").result("{}");
  }

  private void manifest(Context http, Repository to) throws IOException {
    var reference = checked(http.pathParam("reference"), REFERENCE);
    send(http, to, images.manifest(to.app(), to.type(), reference, transfer(http)));
  }

  private void blob(Context http, Repository to) throws IOException {
    send(
        http, to, images.blob(to.app(), checked(http.pathParam("digest"), DIGEST), transfer(http)));
  }

  /// The layer of another repository that the client may name here, to have it mounted, is passed
  /// over: the client then sends it.
  private void beginUpload(Context http, Repository to) throws IOException {
    send(http, to, images.blob(to.app(), "uploads/", transfer(http)));
  }

  private void upload(Context http, Repository to) throws IOException {
    var given = Optional.ofNullable(http.queryString()).orElse("");
    var path =
        "uploads/" + checked(http.pathParam("upload"), UPLOAD_ID) + "?" + checked(given, QUERY);
    send(http, to, images.blob(to.app(), path, transfer(http)));
  }

  private static String checked(String given, Pattern allowed) {
    if (!allowed.matcher(given).matches()) {
      throw UserError.of(ErrorCode.BAD_REQUEST, "'" + given + "' is not valid here.");
    }
    return given;
  }

  private Repository repository(Context http, Scope.Need need) {
    var caller = authenticate(http);
    caller.require(need);
    var name = http.pathParam("app");
    var app = AppAccess.require(apps, name, caller.account().id());
    return new Repository(app, name, new ProcessType(http.pathParam("type")));
  }

  private Caller authenticate(Context http) {
    return Credentials.key(http.header("Authorization"))
        .map(token -> accounts.logins().byToken(token, http.ip()))
        .orElseThrow(() -> UserError.of(ErrorCode.UNAUTHORIZED, "A token is needed as password."));
  }

  private static Transfer transfer(Context http) throws IOException {
    var headers = new TreeMap<String, String>();
    for (var name : ASKED) {
      Optional.ofNullable(http.header(name)).ifPresent(value -> headers.put(name, value));
    }
    var request = http.req();
    var length =
        http.header("Transfer-Encoding") == null ? Math.max(request.getContentLengthLong(), 0) : -1;
    return new Transfer(request.getMethod(), headers, request.getInputStream(), length);
  }

  private static void send(Context http, Repository to, HttpResponse<InputStream> answer)
      throws IOException {
    var response = http.res();
    response.setStatus(answer.statusCode());
    response.setHeader("Docker-Distribution-Api-Version", "registry/2.0");
    for (var name : ANSWERED) {
      answer.headers().firstValue(name).ifPresent(value -> response.setHeader(name, value));
    }
    PushedImages.location(to.app(), to.name(), to.type(), answer)
        .ifPresent(location -> response.setHeader("Location", location));
    answer.headers().firstValueAsLong("Content-Length").ifPresent(response::setContentLengthLong);
    try (var bytes = answer.body()) {
      bytes.transferTo(response.getOutputStream());
    }
  }

  private static Handler inDockersShape(Handler handler) {
    return http -> {
      try {
        handler.handle(http);
      } catch (UserError e) {
        refuse(http, e);
      }
    };
  }

  private static void refuse(Context http, UserError error) {
    var code = error.problem().code();
    if (code == ErrorCode.UNAUTHORIZED) {
      http.header("WWW-Authenticate", "Basic realm=\"slipway\"");
    }
    var shown = Map.of("code", word(code), "message", error.getMessage());
    http.status(code.httpStatus())
        .contentType("application/json")
        .result(Json.write(Map.of("errors", List.of(shown))));
  }

  private static String word(ErrorCode code) {
    return switch (code) {
      case UNAUTHORIZED -> "UNAUTHORIZED";
      case FORBIDDEN -> "DENIED";
      case NOT_FOUND -> "NAME_UNKNOWN";
      case RATE_LIMIT -> "TOOMANYREQUESTS";
      case BAD_REQUEST, INVALID_PARAMS -> "NAME_INVALID";
      default -> "UNKNOWN";
    };
  }
}
