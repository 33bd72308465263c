package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The mirror in apt's sources, of either format.
class DebianMirrorTest {
  @Test
  void theMirrorIsFoundInBothFormats() {
    var mirror = List.of(URI.create("http://mirror.example/debian"));
    assertEquals(
        mirror, DebianMirror.in("deb http://mirror.example/debian bookworm main").toList());
    assertEquals(
        mirror,
        DebianMirror.in("deb [arch=amd64 signed-by=/k] http://mirror.example/debian/ bookworm main")
            .toList());
    assertEquals(mirror, DebianMirror.in("URIs: http://mirror.example/debian").toList());
  }

  @Test
  void otherSourcesAreNotDebian() {
    assertEquals(List.of(), DebianMirror.in("# deb http://mirror.example/debian x").toList());
    assertEquals(
        List.of(), DebianMirror.in("deb http://mirror.example/debian-security x").toList());
    assertEquals(List.of(), DebianMirror.in("URIs: https://deb.example/node_20.x").toList());
    assertEquals(List.of(), DebianMirror.in("").toList());
  }
}
