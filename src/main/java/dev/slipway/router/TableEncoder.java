package dev.slipway.router;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.jspecify.annotations.Nullable;

/// Makes of a table what goes to routers: once, though all of them ask at the same moment, and out
/// of what was made of the one before where an app's routes are the same. Thread-safe.
final class TableEncoder {
  private static final int BUFFER = 16 * 1024;

  private final RouterJson json;
  private final ReentrantLock lock = new ReentrantLock();
  private IdentityHashMap<AppRoutes, byte[]> byApp = new IdentityHashMap<>();
  private @Nullable Encoded last;

  TableEncoder(RouterJson json) {
    this.json = json;
  }

  /// A table as it is, and deflated, which is an eighth of it. The arrays are shared by all answers
  /// and never written.
  @SuppressWarnings("ArrayRecordComponent") // it is never compared
  record Encoded(TableVersion version, byte[] plain, byte[] deflated) {}

  Encoded encode(RouteTable table) {
    lock.lock();
    try {
      var known = last;
      if (known == null || !known.version().equals(table.version())) {
        var plain = plain(table);
        known = new Encoded(table.version(), plain, deflated(plain));
        last = known;
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  private byte[] plain(RouteTable table) {
    var apps = new IdentityHashMap<AppRoutes, byte[]>();
    var bytes = new ByteArrayOutputStream(last == null ? BUFFER : last.plain().length + BUFFER);
    bytes.writeBytes(
        ("{\"epoch\":"
                + table.version().epoch()
                + ",\"version\":"
                + table.version().number()
                + ",\"apps\":[")
            .getBytes(StandardCharsets.US_ASCII));
    for (var app : table.apps()) {
      var known = byApp.get(app);
      var encoded = known == null ? json.encode(app) : known;
      if (!apps.isEmpty()) {
        bytes.write(',');
      }
      apps.put(app, encoded);
      bytes.writeBytes(encoded);
    }
    bytes.writeBytes("]}".getBytes(StandardCharsets.US_ASCII));
    byApp = apps;
    return bytes.toByteArray();
  }

  /// In zlib's format, quickly: the routers wait for it.
  private static byte[] deflated(byte[] plain) {
    var bytes = new ByteArrayOutputStream(plain.length / 4 + BUFFER);
    var deflater = new Deflater(Deflater.BEST_SPEED);
    try (var output = new DeflaterOutputStream(bytes, deflater, BUFFER)) {
      output.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      deflater.end();
    }
    return bytes.toByteArray();
  }
}
