package dev.slipway.api;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.source.SourceTree;
import dev.slipway.source.Tarballs;
import dev.slipway.source.Uploads;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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

/// Fetches and unpacks tarballs, sent here before or lying elsewhere. Thread-safe.
final class TarballFetch {
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Duration ANSWER = Duration.ofMinutes(2);

  private final Uploads uploads;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();

  TarballFetch(Uploads uploads) {
    this.uploads = uploads;
  }

  SourceTree unpack(TarballSource source, Path target) throws IOException {
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
