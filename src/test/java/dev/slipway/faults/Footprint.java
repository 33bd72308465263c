package dev.slipway.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What Slipway holds on to at a moment: what only grows is a leak.
///
/// @param controlMegabytes memory of control's processes
/// @param controlFiles files and sockets that control has open
/// @param routerMegabytes memory of the router's processes
/// @param routerFiles files and sockets that the router has open
/// @param services the engine's services of one app
/// @param containers its running containers
/// @param images its images on the host
/// @param buildFolders sources and work of builds that should be gone
record Footprint(
    long controlMegabytes,
    long controlFiles,
    long routerMegabytes,
    long routerFiles,
    int services,
    int containers,
    int images,
    List<String> buildFolders) {
  private static final int MEGABYTES = 64;
  private static final int FILES = 30;
  private static final Path SOURCES = Path.of("/var/lib/slipway/sources");

  /// How it is now.
  static Footprint of(FaultApp app) {
    return new Footprint(
        megabytes(Host.CONTROL),
        files(Host.CONTROL),
        megabytes(Host.ROUTER),
        files(Host.ROUTER),
        app.services().size(),
        app.containers().size(),
        app.images().size(),
        buildFoldersLeft());
  }

  /// Memory has grown by 64 MB and open files by 30 at the most since the earlier moment; as many
  /// services and containers as dynos, so many images, and nothing of builds are there.
  void assertNotGrownSince(Footprint earlier, int dynos, int mostImages) {
    assertWithin("control's memory", controlMegabytes, earlier.controlMegabytes + MEGABYTES);
    assertWithin("control's open files", controlFiles, earlier.controlFiles + FILES);
    assertWithin("the router's memory", routerMegabytes, earlier.routerMegabytes + MEGABYTES);
    assertWithin("the router's open files", routerFiles, earlier.routerFiles + FILES);
    assertEquals(dynos, services, "services");
    assertEquals(dynos, containers, "containers");
    assertWithin("images", images, mostImages);
    assertEquals(List.of(), buildFolders, "what builds left");
  }

  private static void assertWithin(String what, long now, long most) {
    assertTrue(now <= most, () -> what + ": " + now + ", which is more than " + most);
  }

  private static long megabytes(String container) {
    return processes(container).mapToLong(Footprint::kilobytes).sum() / 1024;
  }

  private static long kilobytes(ProcessHandle process) {
    try (var lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith("RssAnon:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .sum();
    } catch (IOException gone) {
      return 0;
    }
  }

  private static long files(String container) {
    return processes(container).mapToLong(Footprint::files).sum();
  }

  private static long files(ProcessHandle process) {
    try (var files = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
      return files.count();
    } catch (IOException gone) {
      return 0;
    }
  }

  private static Stream<ProcessHandle> processes(String container) {
    var first = Host.process(container);
    return Stream.concat(Stream.of(first), first.descendants());
  }

  private static List<String> buildFoldersLeft() {
    var inside = Host.docker("exec", Host.BUILDER, "ls", "/var/lib/builder/work");
    return Stream.concat(inside.lines(), sources().stream()).toList();
  }

  private static List<String> sources() {
    if (!Files.exists(SOURCES)) {
      return List.of();
    }
    try (var folders = Files.list(SOURCES)) {
      return folders.map(Path::toString).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
