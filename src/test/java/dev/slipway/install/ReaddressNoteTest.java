package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a change of address that was broken off goes on with.
class ReaddressNoteTest {
  @TempDir Path directory;

  @Test
  void itIsGoneOnWithOnlyForTheSameHostAndAddress() {
    var begun = ReaddressNote.of("n1", "10.0.0.12", "10.0.0.22");
    assertEquals(Optional.empty(), ReaddressNote.read(directory, "n1", "10.0.0.22"));
    begun.write(directory);
    assertEquals(Optional.of(begun), ReaddressNote.read(directory, "n1", "10.0.0.22"));
    var helped = begun.with("host-2", true).write(directory);
    assertEquals(Optional.of(helped), ReaddressNote.read(directory, "n1", "10.0.0.22"));
    assertEquals(Optional.empty(), ReaddressNote.read(directory, "n2", "10.0.0.22"));
    assertEquals(Optional.empty(), ReaddressNote.read(directory, "n1", "10.0.0.23"));
    ReaddressNote.delete(directory);
    assertEquals(Optional.empty(), ReaddressNote.read(directory, "n1", "10.0.0.22"));
  }
}
