package dev.slipway.build;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Turns BuildKit's plain progress into lines as Heroku shows a build: each step with its number
/// and instruction, what it prints below it; nothing of BuildKit's own housekeeping. Not
/// thread-safe.
final class BuildKitLog {
  private static final Pattern LINE = Pattern.compile("^#(\\d+) (.*)$");
  private static final Pattern STEP = Pattern.compile("^\\[(.*?\\d+/\\d+|stage-\\d+|.*)] (.*)$");
  private static final Pattern OUTPUT = Pattern.compile("^\\d+\\.\\d+ ?(.*)$");
  private static final Pattern MARK = Pattern.compile("^#\\d+ \\d+\\.\\d+ ");
  private static final Pattern BUILD_SECRET_MOUNTS = Pattern.compile("--mount=\\S+ +");

  private final BuildLog log;
  private final Map<String, String> steps = new HashMap<>();
  private String current = "";
  private boolean inReport;
  private boolean pushing;
  private @Nullable String error;

  BuildKitLog(BuildLog log) {
    this.log = log;
  }

  /// Takes a line of BuildKit's.
  void line(String written) {
    var line = asShown(written);
    var found = LINE.matcher(line);
    if (found.matches()) {
      inReport = false;
      event(found.group(1), found.group(2));
    } else if (line.startsWith("builder-note ")) {
      log.step(line.substring("builder-note ".length()));
    } else if (line.startsWith("ERROR: ")) {
      error = line.substring("ERROR: ".length());
    } else if (!report(line) && !line.isBlank()) {
      log.detail(line);
    }
  }

  /// A program that draws progress writes over its own line: what it wrote last is what a terminal
  /// shows, behind BuildKit's mark at the line's start.
  private static String asShown(String written) {
    var line = written.stripTrailing();
    var last = line.lastIndexOf('\r');
    if (last < 0) {
      return line;
    }
    var mark = MARK.matcher(line);
    return (mark.lookingAt() ? mark.group() : "") + line.substring(last + 1);
  }

  /// Why BuildKit gave up, if it did.
  Optional<String> error() {
    return Optional.ofNullable(error).map(BuildKitLog::plain);
  }

  /// At its end a failed build shows the failing step's output again, which was shown, and its
  /// place in the Dockerfile, which was not.
  private boolean report(String line) {
    if (line.equals("------")) {
      inReport = !inReport;
      return true;
    }
    return inReport || line.matches("-{10,}") || line.equals("View build details:");
  }

  private void event(String vertex, String text) {
    var step = STEP.matcher(text);
    if (text.startsWith("[internal]") || text.startsWith("building with")) {
      return;
    }
    if (step.matches() && !text.startsWith("[auth]")) {
      steps.put(vertex, "[" + step.group(1) + "] " + instruction(step.group(2)));
    } else if (text.startsWith("exporting to image")) {
      steps.remove(vertex);
    } else if (steps.containsKey(vertex)) {
      within(vertex, text);
    } else if (text.startsWith("pushing ") && !pushing) {
      pushing = true;
      log.step("Pushing the image");
    } else if (text.startsWith("ERROR")) {
      log.detail(text);
    }
  }

  private void within(String vertex, String text) {
    var step = steps.getOrDefault(vertex, "");
    var output = OUTPUT.matcher(text);
    if (text.equals("CACHED")) {
      log.detail(step + " (cached)");
      current = vertex;
    } else if (output.matches()) {
      head(vertex, step);
      log.detail("  " + output.group(1));
    } else if (text.startsWith("DONE")) {
      head(vertex, step);
    } else if (text.startsWith("ERROR")) {
      head(vertex, step);
      log.detail("  " + plain(text));
    }
  }

  private void head(String vertex, String step) {
    if (!current.equals(vertex)) {
      log.detail(step);
      current = vertex;
    }
  }

  private static String instruction(String text) {
    var plain = BUILD_SECRET_MOUNTS.matcher(text).replaceAll("").replaceAll("\\s+", " ");
    return plain
        .replace(". /run/secrets/slipway_config && ", "")
        .replace("docker.io/library/", "")
        .strip();
  }

  private static String plain(String text) {
    return text.replaceFirst("^failed to solve: ", "")
        .replaceFirst("process \"/bin/sh -c (?s:.*)\" did not", "the command did not");
  }
}
