package dev.slipway.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tarballs are unpacked whole below one directory, and nothing of them elsewhere.
class TarballsTest {
  private @TempDir Path home;

  @Test
  void filesKeepContentAndExecutableBit() throws IOException {
    var tree = unpack("file:a.txt", "exec:bin/run", "dir:empty", "link:l>bin/run", "hard:h>a.txt");
    assertEquals("content of a.txt", Files.readString(tree.resolve("a.txt")));
    assertEquals("content of a.txt", Files.readString(tree.resolve("h")));
    assertTrue(Files.isExecutable(tree.resolve("bin/run")));
    assertTrue(Files.isDirectory(tree.resolve("empty")));
    assertEquals("bin/run", Files.readSymbolicLink(tree.resolve("l")).toString());
  }

  @Test
  void aSingleTopDirectoryIsLeftOut() throws IOException {
    var tree = unpack("dir:app-1.0/", "file:app-1.0/a", "file:app-1.0/app-1.0/b");
    assertTrue(Files.exists(tree.resolve("a")));
    assertTrue(Files.exists(tree.resolve("app-1.0/b")));
    assertTrue(Files.exists(unpack("file:x/a", "file:b").resolve("x/a")));
  }

  @Test
  void linksWithinAreKeptAlsoWhenTheyDangle() throws IOException {
    var tree = unpack("link:d/e/up>../../f", "file:f", "link:gone>nowhere", "link:self>.");
    assertTrue(Files.isSymbolicLink(tree.resolve("gone")));
    assertEquals("content of f", Files.readString(tree.resolve("d/e/up")));
  }

  @Test
  void whatLeadsOutsideIsRefused() throws IOException {
    for (var entries :
        List.of(
            "file:../evil",
            "file:a/../../evil",
            "file:/etc/evil-slipway",
            "link:l>/etc/passwd",
            "link:l>../outside",
            "link:a/l>../../outside",
            "file:a/x link:d/e/up>../.. link:y>d/e/up/../..",
            "link:loop>loop",
            "link:a>b link:b>a",
            "hard:h>../../etc/passwd",
            "hard:h>/etc/passwd",
            "hard:h>nowhere",
            "link:d>. file:d/x",
            "file:f file:f/x",
            "pipe:p")) {
      var error = assertThrows(UserError.class, () -> unpack(entries.split(" ", -1)), entries);
      assertEquals(ErrorCode.INVALID_PARAMS, error.problem().code(), entries);
    }
    assertFalse(Files.exists(home.resolve("evil"), LinkOption.NOFOLLOW_LINKS));
    assertFalse(Files.exists(Path.of("/etc/evil-slipway")));
  }

  @Test
  void nothingIsWrittenThroughALink() throws IOException {
    var outside = Files.createDirectory(home.resolve("outside"));
    assertThrows(
        UserError.class, () -> unpack("link:d>" + outside, "file:d/evil", "link:e>d/evil"));
    assertFalse(Files.exists(outside.resolve("evil")));
  }

  @Test
  void whatIsNoTarballIsRefused() throws IOException {
    var whole = tarball("file:a", "file:b");
    for (var bytes :
        List.of(
            new byte[0],
            "text".getBytes(StandardCharsets.UTF_8),
            Arrays.copyOf(whole, whole.length / 2),
            new byte[] {0x1f, (byte) 0x8b, 0, 0},
            new byte[20_000])) {
      assertThrows(UserError.class, () -> unpack(bytes));
    }
  }

  @Test
  void aBombIsStopped() throws IOException {
    var bomb = tarball("big:zeros");
    var error =
        assertThrows(
            UserError.class,
            () -> Tarballs.unpack(new ByteArrayInputStream(bomb), home.resolve("bomb"), 100_000));
    assertTrue(error.problem().what().contains("too large"));
  }

  private Path unpack(String... entries) throws IOException {
    return unpack(tarball(entries));
  }

  private Path unpack(byte[] tarball) throws IOException {
    var directory = Files.createTempDirectory(home, "tree").resolve("source");
    Tarballs.unpack(new ByteArrayInputStream(tarball), directory);
    return directory;
  }

  private static byte[] tarball(String... entries) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      for (var text : entries) {
        var colon = text.indexOf(':');
        add(tar, text.substring(0, colon), text.substring(colon + 1).split(">", -1));
      }
    }
    return bytes.toByteArray();
  }

  private static void add(TarArchiveOutputStream tar, String kind, String[] names)
      throws IOException {
    var content =
        switch (kind) {
          case "file", "exec" -> ("content of " + names[0]).getBytes(StandardCharsets.UTF_8);
          case "big" -> new byte[1_000_000];
          default -> new byte[0];
        };
    var entry = entry(kind, names);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private static TarArchiveEntry entry(String kind, String[] names) {
    var name = kind.equals("dir") && !names[0].endsWith("/") ? names[0] + "/" : names[0];
    var entry =
        switch (kind) {
          case "link" -> new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
          case "hard" -> new TarArchiveEntry(name, TarConstants.LF_LINK);
          case "pipe" -> new TarArchiveEntry(name, TarConstants.LF_FIFO);
          default -> new TarArchiveEntry(name, true);
        };
    if (names.length > 1) {
      entry.setLinkName(names[1]);
    }
    if (kind.equals("exec")) {
      entry.setMode(0100755);
    }
    return entry;
  }
}
