package dev.slipway.api;

import dev.slipway.api.model.ErrorView;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Turns whatever was thrown into Heroku's error object. What is not the sender's doing is logged
/// under an id, and only the id is shown.
final class Errors {
  private static final Logger LOG = System.getLogger(Errors.class.getName());

  private Errors() {}

  static void map(RoutesConfig routes) {
    routes.exception(UserError.class, (error, http) -> send(http, error.problem()));
    var unknown = new UnknownEndpoints();
    routes.exception(
        HttpResponseException.class,
        (error, http) -> {
          if (error.getStatus() == HttpStatus.NOT_FOUND_404) {
            unknown.note(http);
          }
          send(http, error.getStatus());
        });
    routes.exception(IOException.class, (error, http) -> gone(http, error));
    routes.exception(UncheckedIOException.class, (error, http) -> gone(http, error));
    routes.exception(Exception.class, Errors::internal);
  }

  /// Errors that the server finds before a request reaches an endpoint.
  static boolean beforeRouting(Request request, Response response, Callback callback) {
    var status = response.getStatus();
    var view = new ErrorView(id(status), HttpStatus.getMessage(status), null, null, null);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    var text = new String(Json.write(view), StandardCharsets.UTF_8);
    Content.Sink.write(response, true, text, callback);
    return true;
  }

  static void internal(Exception error, Context http) {
    var id = UUID.randomUUID();
    LOG.log(Level.ERROR, http.method() + " " + http.path() + " failed, error " + id, error);
    send(
        http,
        Problem.of(
            ErrorCode.INTERNAL, "Internal server error " + id + "; control's log says more."));
  }

  private static void gone(Context http, Exception error) {
    if (http.res().isCommitted()) {
      LOG.log(Level.DEBUG, "a client went away", error);
    } else {
      internal(error, http);
    }
  }

  private static void send(Context http, Problem problem) {
    var code = problem.code();
    String resource = code == ErrorCode.NOT_FOUND ? http.attribute(Call.RESOURCE) : null;
    String app = http.attribute(Call.APP);
    if (code == ErrorCode.UNAUTHORIZED) {
      http.header("WWW-Authenticate", "Basic realm=\"slipway\"");
    }
    write(
        http,
        code.httpStatus(),
        new ErrorView(
            code.id(),
            problem.sentence(),
            null,
            resource,
            app == null ? null : new ErrorView.Named(app)));
  }

  private static void send(Context http, int status) {
    var message =
        status == 404 ? "The requested API endpoint was not found." : HttpStatus.getMessage(status);
    write(http, status, new ErrorView(id(status), message, null, null, null));
  }

  private static void write(Context http, int status, ErrorView view) {
    if (!http.res().isCommitted()) {
      http.status(status).contentType("application/json").result(Json.write(view));
    }
  }

  private static String id(int status) {
    return switch (status) {
      case 401 -> "unauthorized";
      case 403 -> "forbidden";
      case 404 -> "not_found";
      case 405 -> "method_not_allowed";
      case 429 -> "rate_limit";
      default -> status < 500 ? "bad_request" : "internal_server_error";
    };
  }
}
