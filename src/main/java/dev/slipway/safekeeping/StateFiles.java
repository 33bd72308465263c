package dev.slipway.safekeeping;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The files besides the database without which control is not what it was: secrets, what was
/// pushed, what was set. Images, databases and logs are not among them, nor what belongs to one
/// machine only.
final class StateFiles {
  static final String DATABASE = "control.db";

  private static final List<String> KEPT =
      List.of("secrets", "control.env", "tls", "registry", "hosts", "git");

  /// `up` makes it anew, for the machine's own names.
  private static final List<String> LEFT_OUT = List.of("tls/control.crt", "tls/control.key");

  private StateFiles() {}

  /// Those of the home, relative to it. What a repository's references name comes after them: so it
  /// is there for each of them, whatever is pushed meanwhile.
  static List<Path> of(Path home) throws IOException {
    var files = new ArrayList<Path>();
    for (var name : KEPT) {
      var top = home.resolve(name);
      if (Files.exists(top)) {
        try (var walk = Files.walk(top)) {
          walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
              .map(home::relativize)
              .filter(file -> !LEFT_OUT.contains(file.toString()))
              .sorted(Comparator.comparing(StateFiles::isObject))
              .forEach(files::add);
        }
      }
    }
    return files;
  }

  private static boolean isObject(Path file) {
    return file.startsWith("git") && file.toString().contains("/objects/");
  }
}
