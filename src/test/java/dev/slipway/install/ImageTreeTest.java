package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.slipway.install.ImageTree.Amount;
import dev.slipway.objects.ObjectStore;
import dev.slipway.testing.S3StandIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against S3Proxy, which is a stand-in for an S3-compatible store.
class ImageTreeTest {
  private static final String BLOB = "docker/registry/v2/blobs/sha256/ab/abc/data";
  private static final String TAG =
      "docker/registry/v2/repositories/shop/_manifests/tags/web/current/link";
  private static final String UPLOAD = "docker/registry/v2/repositories/shop/_uploads/1/data";

  @TempDir private Path directory;

  @Test
  void whatIsInAVolumeIsTheSameInAStoreAndInAnotherVolume() throws IOException {
    var volume = directory.resolve("volume");
    write(volume, BLOB, "layer");
    write(volume, TAG, "sha256:1");
    write(volume, UPLOAD, "half a la");
    try (var standIn = S3StandIn.start(directory, "127.0.0.1");
        var store = ObjectStore.open(standIn.settings("fleet"), "")) {
      var tree = new ImageTree(volume);
      assertEquals(22, tree.bytes(), "with what is being pushed");
      assertEquals(new Amount(2, 13), tree.copyTo(store, _ -> {}));
      assertEquals(new Amount(0, 0), tree.copyTo(store, _ -> {}));
      assertEquals(java.util.Set.of("images/" + BLOB, "images/" + TAG), store.list("").keySet());

      write(volume, TAG, "sha256:2");
      assertEquals(new Amount(1, 8), tree.copyTo(store, _ -> {}), "a tag of the same length moved");

      var other = directory.resolve("other");
      var copy = new ImageTree(Files.createDirectories(other));
      assertEquals(new Amount(2, 13), copy.copyFrom(store, _ -> {}));
      assertEquals(new Amount(0, 0), copy.copyFrom(store, _ -> {}));
      assertEquals("layer", Files.readString(other.resolve(BLOB)));
      assertEquals("sha256:2", Files.readString(other.resolve(TAG)));
      assertFalse(Files.exists(other.resolve(UPLOAD)));
    }
  }

  private static void write(Path root, String name, String text) throws IOException {
    var file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
