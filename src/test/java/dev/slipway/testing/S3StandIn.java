package dev.slipway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipway.core.Secret;
import dev.slipway.objects.StoreKey;
import dev.slipway.objects.StorePlace;
import dev.slipway.objects.StoreSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;

/// A stand-in for an S3-compatible store: S3Proxy, a program of its own that keeps objects as
/// files. It speaks S3's protocol, signatures of version 4 and uploads in pieces included; it is
/// not Amazon, and knows no policies: any key but its own is refused, and that one may do all.
public final class S3StandIn implements AutoCloseable {
  /// The bucket that there is.
  public static final String BUCKET = "slipway-test";

  private static final Path PROGRAM = Path.of("target/stand-ins/s3proxy.jar");
  private static final StoreKey KEY = new StoreKey("stand-in", new Secret("a-key-for-tests-only"));
  private static final String PASSWORD = "stand-in";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final TestAuthority authority = TestAuthority.root("A store's authority");
  private final Path directory;
  private final String address;
  private final int port;
  private Process process;

  private S3StandIn(Path directory, String address) {
    this.directory = directory;
    this.address = address;
    this.port = freePort();
    try {
      Files.createDirectories(directory.resolve("objects").resolve(BUCKET));
      writeKeys();
      Files.writeString(directory.resolve("s3proxy.conf"), settings());
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    this.process = begin();
    awaitReady();
  }

  /// Starts one that listens on the address with TLS and keeps its objects in the directory.
  public static S3StandIn start(Path directory, String address) {
    return new S3StandIn(directory, address);
  }

  /// All that a client needs.
  public StoreSettings settings(String prefix) {
    return new StoreSettings(place(prefix), KEY, authority());
  }

  /// A place in its bucket.
  public StorePlace place(String prefix) {
    return new StorePlace(BUCKET, prefix, endpoint(), "us-east-1");
  }

  /// Its address.
  public URI endpoint() {
    return URI.create("https://" + address + ":" + port);
  }

  /// Who may do all.
  public StoreKey key() {
    return KEY;
  }

  /// The certificate of the authority that signed its own, in PEM.
  public String authority() {
    return authority.certificate();
  }

  /// Where its objects lie as files.
  public Path objects() {
    return directory.resolve("objects").resolve(BUCKET);
  }

  /// Ends it; what it keeps stays.
  public void stop() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Starts it again, at the same address with the same objects.
  public void startAgain() {
    process = begin();
    awaitReady();
  }

  @Override
  public void close() {
    stop();
  }

  private Process begin() {
    try {
      return new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xmx192m",
              "-jar",
              PROGRAM.toString(),
              "--properties",
              directory.resolve("s3proxy.conf").toString())
          .redirectErrorStream(true)
          .redirectOutput(directory.resolve("s3proxy.log").toFile())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady() {
    Await.await("the stand-in for S3 listens", PATIENCE, this::listens);
  }

  private boolean listens() {
    try (var _ = new Socket(address, port)) {
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  private String settings() {
    return String.join(
        "\n",
        List.of(
            "s3proxy.authorization=aws-v4",
            "s3proxy.secure-endpoint=" + endpoint(),
            "s3proxy.keystore-path=" + directory.resolve("keys.p12"),
            "s3proxy.keystore-password=" + PASSWORD,
            "s3proxy.identity=" + KEY.id(),
            "s3proxy.credential=" + KEY.secret().reveal(),
            "jclouds.provider=filesystem-nio2",
            "jclouds.identity=none",
            "jclouds.credential=none",
            "jclouds.filesystem.basedir=" + directory.resolve("objects"),
            ""));
  }

  private void writeKeys() throws GeneralSecurityException, IOException {
    var own = TestAuthority.ec("secp256r1");
    var issued = authority.issue(own, address);
    var certificates =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(issued.certificate().getBytes(UTF_8)));
    var keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry(
        "s3", own.getPrivate(), PASSWORD.toCharArray(), certificates.toArray(Certificate[]::new));
    try (var file = Files.newOutputStream(directory.resolve("keys.p12"))) {
      keys.store(file, PASSWORD.toCharArray());
    }
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
