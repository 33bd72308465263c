package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A host that is reached by SSH.
///
/// @param user who to be there, or null for what the SSH client's settings say
/// @param name its name or address, or an alias of the SSH client's settings
/// @param port its SSH port, or 0 for what those settings say
public record RemoteHost(@Nullable String user, String name, int port) {
  /// Nothing here can be taken for an option of `ssh`.
  private static final Pattern FORM =
      Pattern.compile(
          "ssh://(?:([A-Za-z0-9_][A-Za-z0-9._-]*)@)?"
              + "([A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9a-fA-F:.]+])(?::([0-9]{1,5}))?/?");

  private static final int HIGHEST_PORT = 65_535;

  /// Parses `ssh://user@host:port`; user and port may be left out.
  ///
  /// @throws UserError when it is not of that form
  public static RemoteHost of(String url) {
    var parts = FORM.matcher(url);
    var port = parts.matches() && parts.group(3) != null ? Integer.parseInt(parts.group(3)) : 0;
    if (!parts.matches() || port > HIGHEST_PORT) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "'" + url + "' is no address of a host",
              "it has the form ssh://USER@HOST or ssh://USER@HOST:PORT",
              "slipway --host ssh://admin@server.example.com heroku apps"));
    }
    var name = parts.group(2).replaceAll("[\\[\\]]", "");
    return new RemoteHost(parts.group(1), name, port);
  }

  /// The arguments by which `ssh` reaches it.
  List<String> arguments() {
    var arguments = new ArrayList<String>();
    if (port > 0) {
      arguments.addAll(List.of("-p", Integer.toString(port)));
    }
    if (user != null) {
      arguments.addAll(List.of("-l", user));
    }
    arguments.add(name);
    return arguments;
  }

  /// What is kept of the host lies in a directory of this name. It is short and the same each time:
  /// the path of a socket, which lies there, has 104 bytes at the most, and cloud hosts have long
  /// names.
  String directory() {
    return UUID.nameUUIDFromBytes(toString().getBytes(StandardCharsets.UTF_8)).toString();
  }

  /// As `of` takes it.
  String url() {
    return "ssh://"
        + (user == null ? "" : user + "@")
        + (name.contains(":") ? "[" + name + "]" : name)
        + (port > 0 ? ":" + port : "");
  }

  @Override
  public String toString() {
    return (user == null ? "" : user + "@") + name + (port > 0 ? ":" + port : "");
  }
}
