package dev.slipway.takeover;

import dev.slipway.engine.SharedObjects;
import dev.slipway.engine.SharedObjects.SharedObject;
import dev.slipway.store.Vault;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// Shared objects of any size that only this installation can read. What is too large for one lies
/// in parts; the object of the name is made last, so that there is never half of one. Thread-safe.
final class SealedObjects {
  /// Before the names of parts: then the number of what they belong to, and whose they are.
  static final String PART = "slipway-part-";

  /// What `slipway down --purge` finds them by.
  static final Map<String, String> OWN = Map.of("slipway.system", "state");

  private static final String PARTS = "slipway.parts";
  private static final String WRITER = "slipway.writer";

  private final SharedObjects objects;
  private final Vault vault;

  SealedObjects(SharedObjects objects, Vault vault) {
    this.objects = objects;
    this.vault = vault;
  }

  /// What is about to be made: to try again makes the same, byte for byte.
  static final class Sealed {
    private final String name;
    private final long number;
    private final String writer;
    private final byte[] bytes;

    private Sealed(String name, long number, String writer, byte[] bytes) {
      this.name = name;
      this.number = number;
      this.writer = writer;
      this.bytes = bytes;
    }

    int size() {
      return bytes.length;
    }

    private int parts() {
      return (bytes.length + SharedObjects.LARGEST - 1) / SharedObjects.LARGEST;
    }
  }

  private static String part(long number, String writer, int index) {
    return PART + "%012d-%s-%d".formatted(number, writer, index);
  }

  /// @param number which parts carry in their names
  Sealed seal(String name, long number, byte[] content) {
    var writer = UUID.randomUUID().toString().substring(0, 8);
    return new Sealed(name, number, writer, vault.seal(compressed(content), name));
  }

  /// Makes the object, or finds that it was made by an earlier try.
  ///
  /// @return false where somebody else has made one of that name
  boolean create(Sealed sealed) {
    var parts = sealed.parts() > 1 ? sealed.parts() : 0;
    for (var i = 0; i < parts; i++) {
      var begin = i * SharedObjects.LARGEST;
      var end = Math.min(begin + SharedObjects.LARGEST, sealed.bytes.length);
      objects.create(
          part(sealed.number, sealed.writer, i), OWN, Arrays.copyOfRange(sealed.bytes, begin, end));
    }
    // The engine takes no object without bytes.
    var data = parts > 0 ? sealed.writer.getBytes(StandardCharsets.UTF_8) : sealed.bytes;
    var labels = new HashMap<>(OWN);
    labels.put(WRITER, sealed.writer);
    labels.put(PARTS, Integer.toString(parts));
    return objects.create(sealed.name, labels, data) || isThere(sealed, data);
  }

  private boolean isThere(Sealed sealed, byte[] data) {
    return objects
        .find(sealed.name)
        .map(
            found -> found.label(WRITER).equals(sealed.writer) && Arrays.equals(found.data(), data))
        .orElse(false);
  }

  /// The content of an object.
  ///
  /// @return nothing where there is none, or it is being removed
  Optional<byte[]> read(String name, long number) {
    return objects.find(name).flatMap(found -> read(found, number));
  }

  private Optional<byte[]> read(SharedObject object, long number) {
    var parts = Integer.parseInt(object.label(PARTS));
    if (parts == 0) {
      return Optional.of(opened(object.data(), object.name()));
    }
    var bytes = new ByteArrayOutputStream();
    for (var i = 0; i < parts; i++) {
      var part = objects.find(part(number, object.label(WRITER), i));
      if (part.isEmpty()) {
        return Optional.empty();
      }
      bytes.writeBytes(part.get().data());
    }
    return Optional.of(opened(bytes.toByteArray(), object.name()));
  }

  private byte[] opened(byte[] sealed, String name) {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(vault.unsealBytes(sealed, name)))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] compressed(byte[] content) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
