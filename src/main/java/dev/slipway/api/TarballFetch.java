package dev.slipway.api;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.outbound.Answer;
import dev.slipway.outbound.Failure;
import dev.slipway.outbound.Outbound;
import dev.slipway.outbound.Target;
import dev.slipway.outbound.TargetRefused;
import dev.slipway.outbound.Targets;
import dev.slipway.source.SourceTree;
import dev.slipway.source.Tarballs;
import dev.slipway.source.Uploads;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Fetches and unpacks tarballs: those sent here before from the disk, others from wherever
/// `outbound` lets users reach. Thread-safe.
final class TarballFetch {
  /// How long a tarball may take to come, with all redirects.
  static final Duration LONGEST = Duration.ofMinutes(10);

  private static final List<String> SCHEMES = List.of("https", "http");
  private static final int MOST_REDIRECTS = 5;

  private final Uploads uploads;
  private final Outbound outbound;
  private final Duration longest;

  TarballFetch(Uploads uploads, Outbound outbound, Duration longest) {
    this.uploads = uploads;
    this.outbound = outbound;
    this.longest = longest;
  }

  SourceTree unpack(TarballSource source, Path directory) throws IOException {
    Files.createDirectories(directory);
    var uploaded = source.upload().flatMap(uploads::find);
    if (uploaded.isPresent()) {
      try (var in = Files.newInputStream(uploaded.get())) {
        unpack(in, source, directory);
      }
    } else {
      download(source, directory);
    }
    return new SourceTree(directory, source.version());
  }

  private void download(TarballSource source, Path directory) {
    var end = System.nanoTime() + longest.toNanos();
    var lying = Optional.of(Target.parse(source.url().toString(), SCHEMES));
    for (var hops = 0; lying.isPresent(); hops++) {
      if (hops > MOST_REDIRECTS) {
        throw failed("it is redirected more than " + MOST_REDIRECTS + " times");
      }
      lying = download(lying.get(), Duration.ofNanos(end - System.nanoTime()), source, directory);
    }
  }

  /// Unpacks what lies there, or gives where it lies instead.
  private Optional<Target> download(
      Target from, Duration limit, TarballSource source, Path directory) {
    try {
      return outbound.get(from, limit, answer -> read(from, answer, source, directory));
    } catch (TargetRefused e) {
      throw failed(Failure.of(e).words(), Targets.HINT);
    } catch (IOException e) {
      throw failed(Failure.of(e).words() + " (" + from + ")");
    }
  }

  private static Optional<Target> read(
      Target from, Answer answer, TarballSource source, Path directory) throws IOException {
    if (answer.isRedirect()) {
      return Optional.of(elsewhere(from, answer));
    }
    if (answer.status() != 200) {
      throw failed("its server answered with status " + answer.status());
    }
    var body = new Watched(answer.body());
    try {
      unpack(body, source, directory);
    } catch (UserError e) {
      body.requireWhole();
      throw e;
    }
    return Optional.empty();
  }

  private static Target elsewhere(Target from, Answer answer) {
    try {
      var location = Optional.ofNullable(answer.location()).orElseThrow();
      return Target.parse(from.url().resolve(location).toString(), SCHEMES);
    } catch (IllegalArgumentException e) {
      throw failed("its server redirects to what is no URL");
    }
  }

  private static void unpack(InputStream in, TarballSource source, Path directory)
      throws IOException {
    var sum = sha256();
    var summed = new DigestInputStream(in, sum);
    Tarballs.unpack(summed, directory);
    summed.transferTo(OutputStream.nullOutputStream());
    var found = HexFormat.of().formatHex(sum.digest());
    if (source.sha256() != null && !source.sha256().equals(found)) {
      throw failed("its SHA-256 is " + found + ", not " + source.sha256());
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A body that knows whether it broke: what unpacks it sees no more than half an archive.
  private static final class Watched extends FilterInputStream {
    private @Nullable IOException broken;

    Watched(InputStream in) {
      super(in);
    }

    void requireWhole() throws IOException {
      if (broken != null) {
        throw broken;
      }
    }

    @Override
    public int read() throws IOException {
      try {
        return super.read();
      } catch (IOException e) {
        broken = e;
        throw e;
      }
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      try {
        return super.read(bytes, from, length);
      } catch (IOException e) {
        broken = e;
        throw e;
      }
    }
  }

  private static UserError failed(String why) {
    return failed(why, null);
  }

  private static UserError failed(String why, @Nullable String hint) {
    return new UserError(new Problem(ErrorCode.FAILED, "The source can't be fetched", why, hint));
  }
}
