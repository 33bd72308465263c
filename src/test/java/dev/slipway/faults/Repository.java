package dev.slipway.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// A developer's git repository, pushed by the real git.
final class Repository implements AutoCloseable {
  private final Path directory;
  private final String url;
  private final String key;

  /// An empty one for an app, whose pushes carry this key.
  Repository(String app, String key) {
    this.url = Api.BASE + "/" + app + ".git";
    this.key = key;
    try {
      this.directory = Files.createTempDirectory("slipway-fault");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    git("init", "--quiet", "--initial-branch=main");
  }

  /// How a push ended, and what the developer saw.
  record Push(int status, String output) {
    boolean accepted() {
      return status == 0;
    }
  }

  /// Where files can be put before a commit.
  Path directory() {
    return directory;
  }

  /// Commits these files and no others.
  void commit(Map<String, String> files) {
    try {
      try (var old = Files.list(directory)) {
        for (var path : old.filter(each -> !each.endsWith(".git")).toList()) {
          delete(path);
        }
      }
      for (var file : files.entrySet()) {
        Files.writeString(directory.resolve(file.getKey()), file.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    commit();
  }

  /// Commits whatever stands there.
  void commit() {
    git("add", "--all");
    git("commit", "--quiet", "--allow-empty", "--message", "A change");
  }

  /// Pushes the last commit and waits.
  Push push() {
    return pushing("HEAD:main", line -> {}).join();
  }

  /// Pushes in the background; the consumer gets each line as it comes.
  CompletableFuture<Push> pushing(String what, Consumer<String> lines) {
    var end = new CompletableFuture<Push>();
    Thread.ofVirtual()
        .name("push")
        .start(() -> {
          try {
            end.complete(run(List.of("push", url, what), lines));
          } catch (RuntimeException e) {
            end.completeExceptionally(e);
          }
        });
    return end;
  }

  @Override
  public void close() {
    try {
      delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void git(String... arguments) {
    var end = run(Arrays.asList(arguments), line -> {});
    if (!end.accepted()) {
      throw new IllegalStateException(end.output());
    }
  }

  /// The key goes by the environment: arguments can be read by everybody.
  private Push run(List<String> arguments, Consumer<String> lines) {
    var command = new ArrayList<>(List.of("git", "-C", directory.toString()));
    command.addAll(arguments);
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    var basic = Base64.getEncoder().encodeToString(("test:" + key).getBytes(UTF_8));
    builder
        .environment()
        .putAll(
            Map.of(
                "GIT_CONFIG_GLOBAL", "/dev/null",
                "GIT_TERMINAL_PROMPT", "0",
                "GIT_CONFIG_COUNT", "1",
                "GIT_CONFIG_KEY_0", "http.extraHeader",
                "GIT_CONFIG_VALUE_0", "Authorization: Basic " + basic,
                "GIT_AUTHOR_NAME", "Test",
                "GIT_AUTHOR_EMAIL", "test@localhost",
                "GIT_COMMITTER_NAME", "Test",
                "GIT_COMMITTER_EMAIL", "test@localhost"));
    try {
      var process = builder.start();
      process.getOutputStream().close();
      var output = new StringBuilder();
      try (var reader =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
        for (var line = reader.readLine(); line != null; line = reader.readLine()) {
          output.append(line).append('\n');
          lines.accept(line);
        }
      }
      return new Push(process.waitFor(), output.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void delete(Path tree) throws IOException {
    try (var paths = Files.walk(tree)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
