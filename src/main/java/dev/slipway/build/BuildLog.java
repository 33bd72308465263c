package dev.slipway.build;

/// Where a build's log goes, line by line: to whoever pushed, and to be kept with the build.
@FunctionalInterface
public interface BuildLog {
  /// Takes a line, without its end. Called from one thread at a time.
  void line(String line);

  /// A line that begins a part of the build, as Heroku marks it.
  default void step(String title) {
    line("-----> " + title);
  }

  /// A line within a part.
  default void detail(String text) {
    line("       " + text);
  }

  /// A line that a person should not miss.
  default void alert(String text) {
    line(" !     " + text);
  }
}
