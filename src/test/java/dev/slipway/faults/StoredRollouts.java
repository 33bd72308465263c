package dev.slipway.faults;

import dev.slipway.rollout.Step;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/// An app's rollouts as they stand on control's disk, read beside control: a step is written there
/// before it begins. Must be closed before another control starts, which may want the file alone.
final class StoredRollouts implements AutoCloseable {
  private final Connection connection;
  private final PreparedStatement newest;

  private StoredRollouts(Connection connection, PreparedStatement newest) {
    this.connection = connection;
    this.newest = newest;
  }

  /// A rollout's identity, and the step that comes next.
  record Row(String id, String step) {}

  static StoredRollouts of(FaultApp app) {
    try {
      var connection =
          DriverManager.getConnection("jdbc:sqlite:file:/var/lib/slipway/control.db?mode=ro");
      var newest =
          connection.prepareStatement(
              "SELECT id, step FROM rollouts WHERE app_id = ? ORDER BY created_at DESC LIMIT 1");
      newest.setString(1, app.id());
      return new StoredRollouts(connection, newest);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The app's newest rollout now.
  static Optional<Row> newestOf(FaultApp app) {
    try (var rollouts = of(app)) {
      return rollouts.newest();
    }
  }

  Optional<Row> newest() {
    try (var rows = newest.executeQuery()) {
      return rows.next()
          ? Optional.of(new Row(rows.getString("id"), rows.getString("step")))
          : Optional.empty();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Returns as soon as a newer rollout than that one stands at the step, or at a later one; looks
  /// without a rest, because some steps take a few milliseconds.
  void awaitStep(Row before, Step step, Duration limit) {
    var end = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < end) {
      var now = newest().filter(row -> !row.id().equals(before.id()));
      if (now.isPresent() && Step.valueOf(now.get().step()).compareTo(step) >= 0) {
        return;
      }
    }
    throw new AssertionError("no rollout came to " + step + " within " + limit);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
