package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a change of address that was broken off goes on with.
class ReaddressNoteTest {
  @TempDir Path directory;

  @Test
  void whatIsWrittenIsReadAgain() {
    assertEquals(Optional.empty(), ReaddressNote.read(directory));
    var begun = ReaddressNote.of("n1", "10.0.0.12", "10.0.0.22").write(directory);
    assertEquals(Optional.of(begun), ReaddressNote.read(directory));
    var helped = begun.with("host-2", true).write(directory);
    assertEquals(Optional.of(helped), ReaddressNote.read(directory));
    assertTrue(helped.isOf("n1"));
    assertFalse(helped.isOf("n2"));
    ReaddressNote.delete(directory);
    assertEquals(Optional.empty(), ReaddressNote.read(directory));
  }

  /// An engine whose Swarm is in error does not tell its node.
  @Test
  void aNodeThatIsNotKnownYetIsFilledIn() {
    var begun = ReaddressNote.of("", "10.0.0.12", "10.0.0.22").write(directory);
    assertEquals(Optional.of(begun), ReaddressNote.read(directory));
    assertTrue(begun.isOf("n1"));
    var told = begun.told("n1").write(directory);
    assertEquals(Optional.of(told), ReaddressNote.read(directory));
    assertEquals("n1", told.told("").node());
    assertTrue(told.isOf(""));
  }
}
