package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What whoever runs this installation tells control, in the file `control.env` of its directory:
/// lines `NAME=value`, where only the names below are known. A line that can't be used is found
/// before anything is changed: control would not start with it.
final class ControlSettings {
  /// Blocks of private addresses that drains and webhooks may reach.
  static final String PRIVATE_TARGETS = "SLIPWAY_PRIVATE_TARGETS";

  /// A PEM file of authorities that they trust besides those that Java knows.
  static final String TARGET_AUTHORITIES = "SLIPWAY_TARGET_AUTHORITIES";

  /// How much of a host's disk images and build cache may take.
  static final String DISK_PERCENT = "SLIPWAY_DISK_PERCENT";

  private static final Set<String> NAMES =
      Set.of(PRIVATE_TARGETS, TARGET_AUTHORITIES, DISK_PERCENT);

  private final Home home;
  private final Map<String, String> variables = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();

  private ControlSettings(Home home) {
    this.home = home;
  }

  /// The variables that control gets; those that are empty or not in the file are left out.
  ///
  /// @throws UserError when a line can't be used; it names every such line
  static Map<String, String> read(Home home) {
    var file = home.controlSettings();
    if (!Files.exists(file)) {
      return Map.of();
    }
    var settings = new ControlSettings(home);
    settings.readAll(lines(file));
    if (!settings.problems.isEmpty()) {
      throw unusable(file, String.join("\n", settings.problems));
    }
    settings.variables.values().removeIf(String::isEmpty);
    return Map.copyOf(settings.variables);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw unusable(file, file + " is no text in UTF-8, or can't be read");
    }
  }

  private void readAll(List<String> lines) {
    for (var i = 0; i < lines.size(); i++) {
      var line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        try {
          readLine(line);
        } catch (IllegalArgumentException e) {
          problems.add(home.controlSettings() + ", line " + (i + 1) + ": " + e.getMessage());
        }
      }
    }
  }

  /// What stands in a line that is not ours may be a secret, and is not repeated.
  private void readLine(String line) {
    var equals = line.indexOf('=');
    var name = line.substring(0, Math.max(0, equals)).strip();
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "it must be "
              + PRIVATE_TARGETS
              + "=..., "
              + TARGET_AUTHORITIES
              + "=... or "
              + DISK_PERCENT
              + "=...");
    }
    var value = line.substring(equals + 1).strip();
    if (variables.containsKey(name)) {
      throw new IllegalArgumentException(name + " is set twice");
    }
    variables.put(name, value);
    if (value.isEmpty()) {
      return;
    }
    switch (name) {
      case PRIVATE_TARGETS -> requireBlocks(value);
      case DISK_PERCENT -> requirePercent(value);
      default -> requireAuthorities(value);
    }
  }

  private static void requirePercent(String value) {
    if (!value.matches("[1-9][0-9]?")) {
      throw new IllegalArgumentException(value + " is no number from 1 to 99");
    }
  }

  private static void requireBlocks(String list) {
    for (var block : list.split(",", -1)) {
      if (!block.isBlank() && !isBlock(block.strip())) {
        throw new IllegalArgumentException(
            block.strip() + " is no address or block of addresses, such as 10.1.0.0/16");
      }
    }
  }

  private static boolean isBlock(String text) {
    var parts = text.split("/", 2);
    try {
      var bits = 8 * InetAddress.ofLiteral(parts[0]).getAddress().length;
      var prefix = parts.length == 1 ? bits : Integer.parseInt(parts[1]);
      return parts[0].matches("[0-9a-fA-F:]*:[0-9a-fA-F:.]*|\\d+\\.\\d+\\.\\d+\\.\\d+")
          && prefix >= 0
          && prefix <= bits;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private void requireAuthorities(String name) {
    var file = Path.of(name);
    if (!file.isAbsolute() || !Files.isRegularFile(file)) {
      throw new IllegalArgumentException(name + " is no file; give its whole path");
    }
    try {
      if (!file.toRealPath().startsWith(home.directory().toRealPath())) {
        throw new IllegalArgumentException(
            "control sees nothing outside " + home.directory() + ": copy " + name + " there");
      }
      if (!holdsCertificates(file)) {
        throw new IllegalArgumentException(name + " holds no certificate in PEM");
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(name + " can't be read", e);
    }
  }

  private static boolean holdsCertificates(Path file) throws IOException {
    try (var pem = Files.newInputStream(file)) {
      return !CertificateFactory.getInstance("X.509").generateCertificates(pem).isEmpty();
    } catch (CertificateException e) {
      return false;
    }
  }

  private static UserError unusable(Path file, String why) {
    return new UserError(
        new Problem(
            ErrorCode.INVALID_PARAMS,
            "The settings in " + file + " can't be used",
            why,
            "Mend that, then run `./slipway up`."));
  }
}
