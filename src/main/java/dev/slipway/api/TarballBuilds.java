package dev.slipway.api;

import dev.slipway.apps.App;
import dev.slipway.core.AccountId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.deploy.Build;
import dev.slipway.source.GitRepositories;
import dev.slipway.source.SourceTree;
import dev.slipway.source.Tarballs;
import dev.slipway.source.Uploads;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/// Builds tarballs in the background: fetches, unpacks, deploys. Thread-safe.
final class TarballBuilds {
  private static final Logger LOG = System.getLogger(TarballBuilds.class.getName());
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Duration ANSWER = Duration.ofMinutes(2);

  private final Operations operations;
  private final Uploads uploads;
  private final Path directory;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();

  /// @param directory where source code is unpacked, one directory a build
  TarballBuilds(Operations operations, Uploads uploads, Path directory) {
    this.operations = operations;
    this.uploads = uploads;
    this.directory = directory;
  }

  /// Starts a build and returns.
  Build start(App app, TarballSource source, AccountId by) {
    var build = operations.startBuild(app, source.version(), by);
    Thread.ofVirtual().name("build-" + build.id()).start(() -> run(app, source, by, build));
    return build;
  }

  private void run(App app, TarballSource source, AccountId by, Build build) {
    var home = directory.resolve(build.id().toString());
    try {
      var tree = fetch(source, build, home.resolve("source"));
      if (tree.isPresent()) {
        operations.deploy(app, tree.get(), by, build, line -> {});
      }
    } catch (UserError e) {
      LOG.log(Level.DEBUG, "build " + build.id() + " failed; its output says why", e);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "build " + build.id() + " failed", e);
    } finally {
      GitRepositories.deleteTree(home);
    }
  }

  /// The source on disk, or nothing and a failed build.
  private Optional<SourceTree> fetch(TarballSource source, Build build, Path target) {
    try {
      return Optional.of(unpack(source, target));
    } catch (UserError e) {
      operations.failBuild(build, e.problem().sentence());
    } catch (IOException | RuntimeException e) {
      var id = UUID.randomUUID();
      LOG.log(Level.ERROR, "build " + build.id() + " failed, error " + id, e);
      operations.failBuild(build, "Internal error " + id + "; control's log says more.");
    }
    return Optional.empty();
  }

  private SourceTree unpack(TarballSource source, Path target) throws IOException {
    Files.createDirectories(target);
    try (var in = open(source)) {
      var sum = MessageDigest.getInstance("SHA-256");
      var summed = new DigestInputStream(in, sum);
      Tarballs.unpack(summed, target);
      summed.transferTo(OutputStream.nullOutputStream());
      var found = HexFormat.of().formatHex(sum.digest());
      if (source.sha256() != null && !source.sha256().equals(found)) {
        throw failed("its SHA-256 is " + found + ", not " + source.sha256());
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    return new SourceTree(target, source.version());
  }

  private InputStream open(TarballSource source) throws IOException {
    var uploaded = source.upload().flatMap(uploads::find);
    return uploaded.isPresent() ? Files.newInputStream(uploaded.get()) : download(source);
  }

  private InputStream download(TarballSource source) throws IOException {
    try {
      var request = HttpRequest.newBuilder(source.url()).timeout(ANSWER).build();
      var response = client.send(request, BodyHandlers.ofInputStream());
      if (response.statusCode() != 200) {
        response.body().close();
        throw failed("its server answered with status " + response.statusCode());
      }
      return response.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } catch (IOException e) {
      throw failed("its server can't be reached");
    }
  }

  private static UserError failed(String why) {
    return new UserError(new Problem(ErrorCode.FAILED, "The source can't be fetched", why, null));
  }
}
