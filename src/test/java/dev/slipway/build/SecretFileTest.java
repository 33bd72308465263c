package dev.slipway.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.slipway.core.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFileTest {
  private static final String ALPHABET = "ab'\"\\\n\t $`{}()!#&;|<>*?~=%äß漢😀\r";
  private static final int[] LETTERS = ALPHABET.codePoints().toArray();

  @TempDir Path folder;

  @Test
  void aShellReadsAnyValueAsItIs() throws Exception {
    var random = new Random(4);
    for (var round = 0; round < 60; round++) {
      var value = new StringBuilder();
      for (var length = random.nextInt(40); length > 0; length--) {
        value.appendCodePoint(LETTERS[random.nextInt(LETTERS.length)]);
      }
      assertEquals(value.toString(), readByShell(value.toString()));
    }
  }

  @Test
  void leavesOutWhatWouldBreakTheShell() {
    var text =
        SecretFile.of(Map.of("PATH", new Secret("/x"), "A B", new Secret("y"), "C", new Secret("")))
            .reveal();
    assertEquals("export C=''\n", text);
    assertFalse(text.contains("PATH"));
  }

  private String readByShell(String value) throws Exception {
    var file = folder.resolve("secret");
    Files.writeString(file, SecretFile.of(Map.of("VALUE", new Secret(value))).reveal());
    var shell =
        new ProcessBuilder("sh", "-c", ". \"$0\" && printf %s \"$VALUE\"", file.toString()).start();
    return new String(shell.getInputStream().readAllBytes(), UTF_8);
  }
}
