package dev.slipway.safekeeping;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.objects.StoreChoice;
import dev.slipway.store.StoreFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// Copies of the state of a control: made while it runs, encrypted, kept where backups of databases
/// are, and each is tried as soon as it is there. One thing is done at a time, whichever process
/// does it. Thread-safe.
public final class Copies {
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("'control-'uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private static final int KEPT = 7;
  private static final long RESERVE = 512L << 20;
  private static final long TIMES = 3;
  private static final String KEY = "state-key";
  private static final String TRIAL = "trial";

  private final Path home;
  private final Path directory;
  private final Clock clock;

  /// Copies of what is in the directory.
  ///
  /// @param home where control keeps everything
  public Copies(Path home, Clock clock) {
    this.home = home;
    this.directory = home.resolve("backups").resolve("control");
    this.clock = clock;
  }

  /// The file that has the key: whoever restores a copy elsewhere needs what it says.
  public static Path keyFile(Path home) {
    return home.resolve("secrets").resolve(KEY);
  }

  /// How the copies are. Until there is one, as old as the key is.
  public CopyReport report() {
    try {
      return Files.exists(reportFile())
          ? CopyReport.read(reportFile())
          : CopyReport.none(Files.getLastModifiedTime(keyFile(home)).toInstant());
    } catch (IOException noKey) {
      return CopyReport.none(clock.instant());
    }
  }

  /// The names of the copies that there are, the newest first.
  public List<String> names() {
    return shelf().names();
  }

  /// Where they are kept.
  public String place() {
    return shelf().place();
  }

  /// Makes a copy, tries it, and removes those that are too old.
  ///
  /// @throws UserError when that fails; it is written down too
  public CopyReport make() {
    return inTurn(() -> {
      var made = directory.resolve("making.new");
      try {
        return kept(made, write(made), shelf());
      } finally {
        Files.deleteIfExists(made);
      }
    });
  }

  private CopyReport kept(Path made, Contents contents, Shelf shelf) throws IOException {
    var name = NAME.format(clock.instant()) + Shelf.ENDING;
    var bytes = Files.size(made);
    shelf.put(name, made);
    requireSame(contents, tried(shelf, name));
    shelf.names().stream().skip(KEPT).forEach(shelf::delete);
    return report(shelf, name, bytes, contents);
  }

  /// Tries the newest copy.
  ///
  /// @throws UserError when it can't be had back; it is written down too
  public CopyReport drill() {
    return inTurn(() -> {
      var shelf = shelf();
      var name = shelf.names().stream().findFirst().orElseThrow(Copies::none);
      var contents = tried(shelf, name);
      return report(shelf, name, report().bytes(), contents);
    });
  }

  static UserError none() {
    return new UserError(
        new Problem(
            ErrorCode.NOT_FOUND,
            "There is no copy of control's state",
            null,
            "./slipway backup makes one"));
  }

  private CopyReport report(Shelf shelf, String name, long bytes, Contents contents) {
    var now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    return new CopyReport(name, shelf.place(), now, bytes, contents.text(), now, "");
  }

  private Shelf shelf() {
    return StoreChoice.read(home.resolve("secrets").resolve("store-backups"))
        .inStore()
        .<Shelf>map(Shelf.Bucket::new)
        .orElseGet(() -> new Shelf.Directory(directory));
  }

  private Contents write(Path to) throws IOException {
    var database = directory.resolve("making.db");
    delete(database);
    try {
      requireRoom(StateFiles.of(home));
      var rows = copyDatabase(database);
      var files = StateFiles.of(home);
      var now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
      var contents = new Contents(now, rows, files.size());
      Files.deleteIfExists(to);
      Files.createFile(
          to, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try (var out = Files.newOutputStream(to)) {
        format().write(home, files, database, contents, out);
      }
      return contents;
    } finally {
      delete(database);
    }
  }

  /// The copy, and what is unpacked to try it: control's own disk must not be full on account of
  /// that.
  private void requireRoom(List<Path> files) throws IOException {
    var needed = RESERVE + TIMES * Files.size(home.resolve(StateFiles.DATABASE));
    for (var file : files) {
      needed += TIMES * size(home.resolve(file));
    }
    if (Files.getFileStore(directory).getUsableSpace() < needed) {
      throw new IllegalStateException(
          "the disk has less than " + (needed >> 20) + " MB left to make and try it");
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException gone) {
      return 0;
    }
  }

  private Map<String, Long> copyDatabase(Path copy) {
    var live = new StoreFile(home.resolve(StateFiles.DATABASE));
    var before = live.rows();
    live.copyTo(copy);
    var copied = new StoreFile(copy).rows();
    requireBetween(before, copied, live.rows());
    return copied;
  }

  /// Counts of the copy must lie between those of the database before and after.
  private static void requireBetween(
      Map<String, Long> before, Map<String, Long> copied, Map<String, Long> after) {
    before.forEach((table, rows) -> {
      long has = copied.getOrDefault(table, -1L);
      long then = after.getOrDefault(table, -1L);
      if (has < Math.min(rows, then) || has > Math.max(rows, then)) {
        throw new IllegalStateException(
            "table " + table + " has " + has + " rows in the copy, and " + then + " in control's");
      }
    });
  }

  private CopyFormat format() throws IOException {
    return new CopyFormat(new Secret(Files.readString(keyFile(home)).strip()));
  }

  /// Fetched, decrypted, unpacked and looked at, as a restore would.
  private Contents tried(Shelf shelf, String name) throws IOException {
    var trial = directory.resolve(TRIAL);
    var file = directory.resolve(TRIAL + ".new");
    deleteTree(trial);
    try {
      shelf.get(name, file);
      Files.createDirectories(trial, privately());
      try (var from = Files.newInputStream(file)) {
        return Restoration.checked(format().read(from, trial), trial);
      }
    } finally {
      Files.deleteIfExists(file);
      deleteTree(trial);
    }
  }

  private static void requireSame(Contents made, Contents found) {
    if (!made.equals(found)) {
      throw new IllegalStateException("what was read back is not what was written");
    }
  }

  private interface Work {
    CopyReport run() throws IOException;
  }

  private CopyReport inTurn(Work work) {
    try {
      Files.createDirectories(directory, privately());
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
      try (var lock =
          FileChannel.open(
              directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        requireTurn(lock);
        return told(work);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void requireTurn(FileChannel lock) throws IOException {
    try {
      if (lock.tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException thisProcessHasIt) {
      // As below.
    }
    throw new UserError(
        new Problem(
            ErrorCode.CONFLICT,
            "A copy of control's state is being made already",
            null,
            "Try again when it has ended."));
  }

  private CopyReport told(Work work) {
    try {
      var report = work.run();
      report.write(reportFile());
      return report;
    } catch (IOException | RuntimeException e) {
      var why =
          e instanceof UserError it ? it.problem().sentence() : String.valueOf(e.getMessage());
      report().failed(why, clock.instant().truncatedTo(ChronoUnit.SECONDS)).write(reportFile());
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              "Control's state was not copied",
              why,
              "./slipway backup tries again; until then the copies before are the last ones."),
          e);
    }
  }

  private Path reportFile() {
    return directory.resolve("report.json");
  }

  private static java.nio.file.attribute.FileAttribute<?> privately() {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  }

  /// With what SQLite keeps beside it.
  private static void delete(Path database) throws IOException {
    for (var end : List.of("", "-wal", "-shm", "-journal")) {
      Files.deleteIfExists(database.resolveSibling(database.getFileName() + end));
    }
  }

  static void deleteTree(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (var walk = Files.walk(directory)) {
        for (var path : walk.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      }
    }
  }
}
