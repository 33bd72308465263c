package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A client goes on trusting what it trusted before.
class TrustBundleTest {
  @TempDir Path home;
  private Path authority;
  private Path file;
  private TrustBundle bundle;

  @BeforeEach
  void writeAuthority() throws IOException {
    authority = Files.writeString(home.resolve("ca.crt"), "ours\n");
    file = home.resolve("bundle.crt");
    bundle = new TrustBundle(authority, file);
  }

  @Test
  void withNothingBeforeTheAuthorityAloneIsNamed() {
    assertEquals(authority, bundle.with(null));
    assertEquals(authority, bundle.with(""));
    assertEquals(authority, bundle.with(home.resolve("gone.crt").toString()));
  }

  @Test
  void whatWasTrustedBeforeStaysTrusted() throws IOException {
    var before = Files.writeString(home.resolve("proxy.crt"), "theirs");
    assertEquals(file, bundle.with(before.toString()));
    assertEquals("theirs\nours\n", Files.readString(file));
  }

  @Test
  void namingItTwiceAddsNothing() throws IOException {
    var before = Files.writeString(home.resolve("proxy.crt"), "theirs");
    var once = bundle.with(before.toString());
    assertEquals(once, bundle.with(once.toString()));
    assertEquals("theirs\nours\n", Files.readString(file));
  }
}
