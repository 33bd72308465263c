package dev.slipway.testing;

import dev.slipway.engine.DockerException;
import dev.slipway.engine.SharedObjects;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Shared objects in memory: of managers that have a quorum, or have none, or lose their answers.
public final class FakeObjects implements SharedObjects {
  private final Map<String, SharedObject> objects = new TreeMap<>();
  private long version;
  private boolean down;
  private boolean stalled;
  private int losesAnswers;
  private int changesLeft = Integer.MAX_VALUE;

  /// Whether the managers answer from now on.
  public synchronized void down(boolean isDown) {
    down = isDown;
  }

  /// Whether the managers agree on nothing new from now on. Each still answers what it has.
  public synchronized void stalled(boolean isStalled) {
    stalled = isStalled;
  }

  /// Does what the next so many changes ask for, and does not tell.
  public synchronized void loseAnswers(int count) {
    losesAnswers = count;
  }

  /// Whoever asks ends after so many changes, as a process that is killed.
  public synchronized void endAfter(int changes) {
    changesLeft = changes;
  }

  /// The names of all that there are.
  public synchronized List<String> names() {
    return List.copyOf(objects.keySet());
  }

  @Override
  public synchronized boolean create(String name, Map<String, String> labels, byte[] data) {
    change();
    var object =
        new SharedObject(name, ++version, name, labels, Base64.getEncoder().encodeToString(data));
    var made = objects.putIfAbsent(name, object) == null;
    loseAnswer();
    return made;
  }

  @Override
  public synchronized Optional<SharedObject> find(String name) {
    answer();
    return Optional.ofNullable(objects.get(name));
  }

  @Override
  public synchronized List<SharedObject> named(String prefix) {
    answer();
    return objects.values().stream().filter(each -> each.name().startsWith(prefix)).toList();
  }

  @Override
  public synchronized boolean label(SharedObject object, Map<String, String> labels) {
    change();
    var now = objects.get(object.name());
    if (now == null || now.version() != object.version()) {
      return false;
    }
    objects.put(
        object.name(),
        new SharedObject(object.id(), ++version, object.name(), labels, object.encoded()));
    return true;
  }

  @Override
  public synchronized void remove(SharedObject object) {
    change();
    objects.remove(object.name());
  }

  private void answer() {
    if (down) {
      throw new DockerException(503, "objects", "the swarm does not have a leader");
    }
  }

  private void change() {
    answer();
    if (stalled) {
      throw new DockerException(500, "objects", "context deadline exceeded");
    }
    if (changesLeft-- <= 0) {
      throw new Killed();
    }
  }

  private void loseAnswer() {
    if (losesAnswers > 0) {
      losesAnswers--;
      throw new DockerException(500, "objects", "context deadline exceeded");
    }
  }

  /// Nothing that asks for objects goes on after it.
  public static final class Killed extends Error {
    private static final long serialVersionUID = 1;

    private Killed() {
      super("the process is killed here");
    }
  }
}
