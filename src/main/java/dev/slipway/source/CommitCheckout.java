package dev.slipway.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;

/// Writes a commit of a bare repository to disk. Submodules stay empty directories: only the
/// repository itself was pushed.
final class CommitCheckout implements Checkout {
  private static final int LONGEST_LINK = 64 * 1024;

  private final Repository repository;
  private final ObjectId commit;

  CommitCheckout(Repository repository, ObjectId commit) {
    this.repository = repository;
    this.commit = commit;
  }

  @Override
  public SourceTree into(Path directory) {
    try (var walk = new RevWalk(repository);
        var tree = new TreeWalk(repository)) {
      tree.addTree(walk.parseCommit(commit).getTree());
      var target = new SafeTree(directory, Tarballs.MOST_BYTES);
      while (tree.next()) {
        add(target, tree);
      }
      target.finish();
      return new SourceTree(directory, commit.name());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void add(SafeTree target, TreeWalk entry) throws IOException {
    var mode = entry.getFileMode(0);
    var path = entry.getPathString();
    if (mode.equals(FileMode.TREE)) {
      entry.enterSubtree();
    } else if (mode.equals(FileMode.GITLINK)) {
      target.directory(path);
    } else if (mode.equals(FileMode.SYMLINK)) {
      target.link(path, text(entry.getObjectReader(), entry.getObjectId(0)));
    } else {
      try (var content = entry.getObjectReader().open(entry.getObjectId(0)).openStream()) {
        target.file(path, mode.equals(FileMode.EXECUTABLE_FILE), content);
      }
    }
  }

  private static String text(ObjectReader reader, ObjectId blob) throws IOException {
    return new String(reader.open(blob).getBytes(LONGEST_LINK), StandardCharsets.UTF_8);
  }
}
