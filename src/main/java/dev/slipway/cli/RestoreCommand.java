package dev.slipway.cli;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.install.Installation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `slipway restore`: brings control's state back from a copy, on a machine that has none.
@Command(
    name = "restore",
    description = {
      "Puts a copy of control's state, which `slipway backup` made, into place on a machine without",
      "an installation: a file, or the newest one in a store. `slipway up` then brings it up, with",
      "every app, release and config var.",
      "The key is read from a file, asked for, or read from standard input; it is never an argument.",
      "The store's own is given as to `slipway store`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./slipway restore control-20261201T023000Z.state && ./slipway up",
      "  ./slipway restore s3://company-slipway/production --region eu-central-1 --key FILE"
    })
public final class RestoreCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "PLACE",
      description = "The copy's file; or s3://BUCKET or s3://BUCKET/PREFIX.")
  private String place = "";

  @Mixin private StoreOptions store = new StoreOptions();

  @Option(names = "--key", paramLabel = "FILE", description = "A file that has the key.")
  private @Nullable Path key;

  /// Made by picocli.
  public RestoreCommand() {}

  @Override
  public Integer call() {
    var terminal = Terminal.ofThisProcess();
    try (var installation = Installation.ofThisMachine()) {
      var copies = installation.stateCopies();
      var has =
          place.startsWith("s3:")
              ? copies.restoreNewest(store.settings(place, terminal), secret(terminal))
              : copies.restore(Path.of(place).toAbsolutePath(), secret(terminal));
      terminal.out().println("Restored: " + has + ".");
      terminal.out().println("Next: ./slipway up");
      terminal
          .out()
          .println("Then, for each app whose image is in a store: heroku ps:restart -a APP; push");
      terminal.out().println("the others again. Databases: docs/reference/backups.md.");
      return 0;
    }
  }

  private Secret secret(Terminal terminal) {
    var typed = key != null ? read(key) : terminal.asks() ? ask() : line();
    if (typed.isBlank()) {
      throw refused("it is empty");
    }
    return new Secret(typed.strip());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw refused(file + " can't be read");
    }
  }

  private static String ask() {
    return Optional.ofNullable(System.console())
        .map(console -> console.readPassword("Key: "))
        .map(String::new)
        .orElse("");
  }

  private static String line() {
    try {
      var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      return Optional.ofNullable(lines.readLine()).orElse("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static UserError refused(String why) {
    return new UserError(
        new Problem(
            ErrorCode.INVALID_PARAMS,
            "No key was taken",
            why,
            "It is what `./slipway backup key` showed: --key FILE, or a line of standard input."));
  }
}
