package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an image is built from.
class BuildContextTest {
  @TempDir Path directory = Path.of("");

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(directory.resolve("bin"));
    Files.writeString(directory.resolve("Dockerfile"), "FROM scratch\n");
    Files.writeString(directory.resolve("bin/start"), "#!/bin/sh\n");
    assertTrue(directory.resolve("bin/start").toFile().setExecutable(true));
  }

  @Test
  void theArchiveHoldsTheFilesWithTheRightToExecute() throws IOException {
    var archive = new ByteArrayOutputStream();
    new BuildContext().addDirectory("", directory).writeTo(archive);
    var modes = new TreeMap<String, Integer>();
    try (var tar = new TarArchiveInputStream(new ByteArrayInputStream(archive.toByteArray()))) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        modes.put(entry.getName(), entry.getMode() & 0777);
      }
    }
    assertEquals(0644, modes.get("Dockerfile"));
    assertEquals(0755, modes.get("bin/start"));
    assertEquals(2, modes.size());
  }

  @Test
  void theHashChangesWithContentNameAndRightsAndWithNothingElse() throws IOException {
    var hash = hash();
    assertEquals(hash, hash());
    Files.setLastModifiedTime(
        directory.resolve("Dockerfile"), java.nio.file.attribute.FileTime.fromMillis(0));
    assertEquals(hash, hash());
    assertTrue(directory.resolve("bin/start").toFile().setExecutable(false));
    var plain = hash();
    assertNotEquals(hash, plain);
    Files.move(directory.resolve("bin/start"), directory.resolve("bin/begin"));
    assertNotEquals(plain, hash());
  }

  private String hash() {
    return new BuildContext().addDirectory("", directory).hash();
  }
}
