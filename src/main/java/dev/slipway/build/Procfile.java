package dev.slipway.build;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.ProcessType;
import dev.slipway.core.UserError;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// A repo's `Procfile`: its process types and the command of each.
record Procfile(SortedMap<ProcessType, String> commands) {
  static final Procfile NONE = new Procfile(Collections.emptySortedMap());

  private static final Pattern LINE = Pattern.compile("^([A-Za-z0-9_-]+)\\s*:\\s*(\\S.*?)\\s*$");

  Procfile {
    commands = Collections.unmodifiableSortedMap(new TreeMap<>(commands));
  }

  /// Reads a Procfile's text. Empty lines and lines that start with `#` say nothing.
  ///
  /// @throws UserError when a line is not of the form `type: command`, or a type is there twice
  static Procfile parse(String text) {
    var commands = new TreeMap<ProcessType, String>();
    var number = 0;
    for (var line : text.replace("\uFEFF", "").split("\r?\n|\r", -1)) {
      number++;
      if (line.isBlank() || line.stripLeading().startsWith("#")) {
        continue;
      }
      var found = LINE.matcher(line);
      if (!found.matches()) {
        throw problem(number, "it is not of the form 'type: command'");
      }
      if (commands.put(new ProcessType(found.group(1)), found.group(2)) != null) {
        throw problem(number, "'" + found.group(1) + "' is there twice");
      }
    }
    return new Procfile(commands);
  }

  /// The one in the source; without any, no process types.
  static Procfile of(Sources sources) {
    return sources.read("Procfile").map(Procfile::parse).orElse(NONE);
  }

  private static UserError problem(int line, String why) {
    return new UserError(
        new Problem(
            ErrorCode.FAILED,
            "Procfile, line " + line + " can't be used",
            why,
            "Write lines such as 'web: node server.js'"));
  }
}
