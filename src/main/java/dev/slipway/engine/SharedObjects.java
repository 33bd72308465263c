package dev.slipway.engine;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Small objects that every manager of the Swarm has, each under a name of its own: their bytes
/// never change, their labels may. To make one is agreed on by a majority of the managers, so of
/// two who make the same name at once exactly one succeeds. Thread-safe.
///
/// Each method throws a `RuntimeException` where the managers do not answer; whether what it asked
/// for was done is then not known.
public interface SharedObjects {
  /// How many bytes one may have.
  int LARGEST = 450_000;

  /// An object.
  ///
  /// @param id by which it is changed and removed
  /// @param version of its labels: who changes them must have seen the newest
  /// @param encoded its bytes, in Base64
  record SharedObject(
      String id, long version, String name, Map<String, String> labels, String encoded) {
    /// Copies the labels.
    public SharedObject {
      labels = Map.copyOf(labels);
    }

    /// The label's value; empty where it has none.
    public String label(String label) {
      return labels.getOrDefault(label, "");
    }

    /// Its bytes.
    public byte[] data() {
      return Base64.getDecoder().decode(encoded);
    }
  }

  /// Makes an object.
  ///
  /// @return false where there is one of that name
  boolean create(String name, Map<String, String> labels, byte[] data);

  /// The object of exactly that name.
  Optional<SharedObject> find(String name);

  /// All whose names begin so, by their names.
  List<SharedObject> named(String prefix);

  /// Gives the object these labels instead of those that it has.
  ///
  /// @return false where somebody else has changed or removed it since it was read
  boolean label(SharedObject object, Map<String, String> labels);

  /// Removes the object; nothing happens where it is gone.
  void remove(SharedObject object);
}
