package dev.slipway.objects;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/// A client of one place in a store. Names are those below its prefix. What the store refuses is a
/// `UserError`. Thread-safe.
public final class ObjectStore implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration SILENCE = Duration.ofSeconds(60);
  private static final long WHOLE = 256L << 20;
  private static final int AT_ONCE = 16;
  private static final long PART = 64L << 20;

  private final S3Client client;
  private final StorePlace place;
  private final long whole;
  private final long part;

  private ObjectStore(S3Client client, StorePlace place, long whole, long part) {
    this.client = client;
    this.place = place;
    this.whole = whole;
    this.part = part;
  }

  /// A client that asks nothing yet.
  ///
  /// @param authorities in PEM, trusted besides those that Java knows; may be empty
  public static ObjectStore open(StoreSettings settings, String authorities) {
    return open(settings, authorities, WHOLE, PART);
  }

  /// @param whole up to how many bytes a file is sent in one piece
  /// @param part how large the pieces of a larger one are
  static ObjectStore open(StoreSettings settings, String authorities, long whole, long part) {
    var client =
        S3Client.builder()
            .region(Region.of(settings.place().region()))
            .endpointOverride(settings.place().endpoint())
            .forcePathStyle(true)
            // Many stores know no other checksums than S3 had at first.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .credentialsProvider(credentials(settings))
            .httpClient(http(settings, authorities).build())
            .build();
    return new ObjectStore(client, settings.place(), whole, part);
  }

  private static AwsCredentialsProvider credentials(StoreSettings settings) {
    var key = settings.key();
    return key == null
        ? InstanceProfileCredentialsProvider.create()
        : StaticCredentialsProvider.create(
            AwsBasicCredentials.create(key.id(), key.secret().reveal()));
  }

  private static UrlConnectionHttpClient.Builder http(StoreSettings settings, String authorities) {
    var http =
        UrlConnectionHttpClient.builder().connectionTimeout(CONNECT_TIMEOUT).socketTimeout(SILENCE);
    var own = settings.authority() == null ? "" : settings.authority();
    if (authorities.isEmpty() && own.isEmpty()) {
      return http;
    }
    try {
      var trusted = Trust.with(authorities + "\n" + own);
      return http.tlsTrustManagersProvider(() -> trusted);
    } catch (GeneralSecurityException | IOException e) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "The authority's certificate can't be read",
              e.getMessage(),
              "--authority takes a file of certificates in PEM"),
          e);
    }
  }

  /// Writes a small object, lists it, reads it and deletes it, as all that uses the store must.
  ///
  /// @throws UserError with the first of these that does not work
  public void probe() {
    var name = ".slipway-probe-" + UUID.randomUUID();
    var content = name.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    put(name, content);
    try {
      if (!list(name).containsKey(name)) {
        throw lost("it does not list what was just written");
      }
      if (!Arrays.equals(content, get(name))) {
        throw lost("it gives back something else than was written");
      }
      // The image server goes on with uploads that were broken off.
      ask(
          "list what is being uploaded to",
          () ->
              client.listMultipartUploads(
                  ask -> ask.bucket(place.bucket()).prefix(place.key(name))));
    } finally {
      delete(name);
    }
  }

  private UserError lost(String why) {
    return new UserError(
        new Problem(
            ErrorCode.UNAVAILABLE,
            "The store at " + place.url() + " can't be used",
            why,
            "It must keep what it took."));
  }

  /// Writes an object as a whole or not at all, over one of that name.
  public void put(String name, byte[] content) {
    ask(
        "write to",
        () ->
            client.putObject(
                ask -> ask.bucket(place.bucket()).key(place.key(name)),
                RequestBody.fromBytes(content)));
  }

  /// The same with the content of a file; a large one is sent in pieces.
  public void put(String name, Path file) {
    ask(
        "write to",
        () ->
            size(file) <= whole
                ? client.putObject(
                    ask -> ask.bucket(place.bucket()).key(place.key(name)),
                    RequestBody.fromFile(file))
                : putPieces(place.key(name), file));
  }

  private Object putPieces(String key, Path file) {
    var upload =
        client.createMultipartUpload(ask -> ask.bucket(place.bucket()).key(key)).uploadId();
    try {
      var done = new ArrayList<CompletedPart>();
      var size = size(file);
      for (var from = 0L; from < size; from += part) {
        var number = done.size() + 1;
        var length = Math.min(part, size - from);
        var sent =
            client.uploadPart(
                ask -> ask.bucket(place.bucket()).key(key).uploadId(upload).partNumber(number),
                piece(file, from, length));
        done.add(CompletedPart.builder().partNumber(number).eTag(sent.eTag()).build());
      }
      return client.completeMultipartUpload(ask ->
          ask.bucket(place.bucket())
              .key(key)
              .uploadId(upload)
              .multipartUpload(all -> all.parts(done)));
    } catch (RuntimeException e) {
      abandon(key, upload, e);
      throw e;
    }
  }

  /// Pieces of an upload that nobody ends are paid for.
  private void abandon(String key, String upload, RuntimeException reason) {
    try {
      client.abortMultipartUpload(ask -> ask.bucket(place.bucket()).key(key).uploadId(upload));
    } catch (RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  private static RequestBody piece(Path file, long from, long length) {
    return RequestBody.fromContentProvider(
        () -> {
          try {
            var stream = Files.newInputStream(file);
            stream.skipNBytes(from);
            return new Bounded(stream, length);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        length,
        "application/octet-stream");
  }

  /// An object's content.
  public byte[] get(String name) {
    return ask(
        "read from",
        () ->
            client
                .getObjectAsBytes(ask -> ask.bucket(place.bucket()).key(place.key(name)))
                .asByteArray());
  }

  /// Writes an object's content to a file, as a whole or not at all.
  public void get(String name, Path file) {
    ask(
        "read from",
        () -> {
          var fresh = file.resolveSibling(file.getFileName() + ".new");
          try (ResponseInputStream<GetObjectResponse> content =
              client.getObject(ask -> ask.bucket(place.bucket()).key(place.key(name)))) {
            Files.copy(content, fresh, StandardCopyOption.REPLACE_EXISTING);
            if (Files.size(fresh) != content.response().contentLength()) {
              throw new IOException("it broke off");
            }
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return file;
        });
  }

  /// The objects whose names begin so.
  public Map<String, StoredObject> list(String beginning) {
    var skipped = place.key("").length();
    return ask(
        "list",
        () -> {
          var found = new TreeMap<String, StoredObject>();
          client
              .listObjectsV2Paginator(
                  ask -> ask.bucket(place.bucket()).prefix(place.key(beginning)))
              .contents()
              .forEach(object ->
                  found.put(
                      object.key().substring(skipped),
                      new StoredObject(object.size(), object.eTag())));
          return found;
        });
  }

  /// Nothing happens where there is none of that name.
  public void delete(String name) {
    ask(
        "delete from",
        () -> client.deleteObject(ask -> ask.bucket(place.bucket()).key(place.key(name))));
  }

  /// Deletes all objects whose names begin so.
  public void deleteAll(String beginning) {
    var names = list(beginning).keySet();
    try (var workers = Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
      var all = names.stream().map(name -> workers.submit(() -> delete(name))).toList();
      for (var each : all) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof UserError known ? known : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while objects were deleted", e);
    }
  }

  private <T> T ask(String action, java.util.function.Supplier<T> question) {
    return StoreProblems.ask(place, action, question);
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    client.close();
  }

  /// The first bytes of another stream.
  private static final class Bounded extends java.io.FilterInputStream {
    private long left;

    Bounded(InputStream in, long length) {
      super(in);
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      var one = left > 0 ? in.read() : -1;
      left -= one < 0 ? 0 : 1;
      return one;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      var count = left > 0 ? in.read(into, offset, (int) Math.min(length, left)) : -1;
      left -= Math.max(0, count);
      return count;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
