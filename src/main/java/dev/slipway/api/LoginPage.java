package dev.slipway.api;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import io.javalin.http.Context;

/// The page on which a person logs a client in. It has no script and takes nothing from elsewhere,
/// and no other page can frame it.
final class LoginPage {
  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>Log in to Slipway</title>
      <style>
        body { font: 1rem/1.5 system-ui, sans-serif; max-width: 24rem; margin: 4rem auto; padding: 0 1rem }
        input, button { display: block; width: 100%; box-sizing: border-box; font: inherit; padding: .5rem; margin: .25rem 0 1rem }
        .error { color: #a00000 }
      </style>
      <h1>Slipway</h1>
      """;

  private static final String FORM =
      """
      <p>%s wants to act as you. Go on only if you have just typed <code>heroku login</code>
      yourself.</p>
      %s<form method="post">
      <label>Email <input name="email" type="email" autocomplete="username" required autofocus></label>
      <label>Password <input name="password" type="password" autocomplete="current-password"
        required></label>
      <button>Log in</button>
      </form>
      """;

  private static final String ERROR = "<p class=\"error\" role=\"alert\">%s</p>%n";

  private LoginPage() {}

  static void form(Context http, String description) {
    send(http, 200, FORM.formatted(escaped(description), ""));
  }

  static void formAgain(Context http, String description, Problem problem) {
    var error = ERROR.formatted(escaped(said(problem)));
    send(http, problem.code().httpStatus(), FORM.formatted(escaped(description), error));
  }

  static void refused(Context http, Problem problem) {
    send(http, problem.code().httpStatus(), ERROR.formatted(escaped(problem.sentence())));
  }

  static void done(Context http, String email) {
    send(
        http,
        200,
        "<p>Logged in as %s. You can close this page; your terminal goes on.</p>%n"
            .formatted(escaped(email)));
  }

  /// The hints are for terminals, but for when to come again.
  private static String said(Problem problem) {
    return problem.code() == ErrorCode.RATE_LIMIT ? problem.sentence() : problem.what();
  }

  private static void send(Context http, int status, String content) {
    http.header("Cache-Control", "no-store")
        .header("Referrer-Policy", "no-referrer")
        .header("X-Content-Type-Options", "nosniff")
        .header(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self';"
                + " base-uri 'none'; frame-ancestors 'none'")
        .status(status)
        .html(HEAD + content + "</html>\n");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
