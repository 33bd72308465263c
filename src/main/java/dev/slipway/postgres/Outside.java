package dev.slipway.postgres;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// A database that is elsewhere, and its login there.
///
/// @param authority the certificate in PEM that the server's must be signed by; empty for one of
///   those that everybody trusts
public record Outside(
    String host, int port, String database, String user, Secret password, String authority) {
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?");
  private static final Pattern WORD = Pattern.compile("[^\\p{Cntrl}'\"]{1,200}");
  private static final int USUAL_PORT = 5432;

  /// Reads a URL such as `postgres://user:password@db.example.com:5432/name`. What follows a
  /// question mark is left out: encryption with a verified certificate is not for choice.
  ///
  /// @throws UserError when it is none; the problem does not repeat it, as it holds a password
  public static Outside parse(String url, String authority) {
    try {
      var uri = URI.create(url.strip());
      var scheme = String.valueOf(uri.getScheme());
      var login = String.valueOf(uri.getRawUserInfo()).split(":", 2);
      var path = String.valueOf(uri.getRawPath());
      if (!scheme.matches("postgres(ql)?") || login.length < 2 || !path.matches("/[^/]+")) {
        throw unusable("it needs a user, a password, a host and the name of the database");
      }
      return new Outside(
          matching(HOST, String.valueOf(uri.getHost()), "its host"),
          uri.getPort() < 0 ? USUAL_PORT : uri.getPort(),
          matching(WORD, decoded(path.substring(1)), "the name of its database"),
          matching(WORD, decoded(login[0]), "its user"),
          new Secret(matching(WORD, decoded(login[1]), "its password")),
          authority);
    } catch (IllegalArgumentException e) {
      throw unusable("it is no URL; characters such as / and @ in a password are written as %2F");
    }
  }

  /// How clients reach it themselves, always encrypted.
  Secret url() {
    return new Secret(
        "postgres://"
            + encoded(user)
            + ":"
            + encoded(password.reveal())
            + "@"
            + host
            + ":"
            + port
            + "/"
            + encoded(database)
            + "?sslmode=require");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String matching(Pattern pattern, String text, String part) {
    if (!pattern.matcher(text).matches()) {
      throw unusable(part + " can't be so");
    }
    return text;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static UserError unusable(String why) {
    return new UserError(
        new Problem(
            ErrorCode.INVALID_PARAMS,
            "The database's URL can't be used",
            why,
            "Give it as postgres://USER:PASSWORD@HOST:PORT/DATABASE"));
  }
}
