package dev.slipway.cli;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.objects.StorePlace;
import dev.slipway.objects.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What a command must be told of a store besides its place.
final class StoreOptions {
  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description = "The store's address, if it is not Amazon's.")
  private @Nullable String endpoint;

  @Option(
      names = "--region",
      paramLabel = "NAME",
      description = "The bucket's region; otherwise what AWS_REGION says.")
  private @Nullable String region;

  @Option(
      names = "--authority",
      paramLabel = "FILE",
      description = "The authority that signed the store's certificate, if no usual one did.")
  private @Nullable Path authority;

  @Option(names = "--role", description = "Use the role that these machines have, and no key.")
  private boolean role;

  /// All that is needed to use the store at that place. Its key is read where it was not given.
  StoreSettings settings(String url, Terminal terminal) {
    var environment = System.getenv();
    var where = region == null ? environment.get("AWS_REGION") : region;
    var there = StorePlace.of(url, endpoint, where);
    var key = role ? null : GivenKey.read(environment, terminal, System.in);
    return new StoreSettings(there, key, authority == null ? null : read(authority));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              file + " can't be read",
              e.getMessage(),
              "--authority takes a file of certificates in PEM"),
          e);
    }
  }
}
