package dev.slipway.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;

/// Brings a copy of the database up to date from the journal. Each entry is one transaction, and
/// what the file holds already is passed over, so that a replay may be broken off and begin again.
/// For one thread.
public final class Replay implements AutoCloseable {
  /// A statement holds all that its row does.
  private static final String LONGEST_STATEMENT = "1000000000";

  private final Connection connection;
  private long position;

  private Replay(Connection connection) throws SQLException {
    this.connection = connection;
    connection.setAutoCommit(true);
    ChangeCapture.createPosition(connection);
    this.position = position(connection);
    connection.setAutoCommit(false);
  }

  /// Opens the file, which nobody else uses.
  public static Replay of(Path file) {
    // Its cascades are entries of their own.
    var sqlite = new SQLiteConfig();
    sqlite.enforceForeignKeys(false);
    sqlite.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    sqlite.setPragma(SQLiteConfig.Pragma.LIMIT_SQL_LENGTH, LONGEST_STATEMENT);
    try {
      return new Replay(sqlite.createConnection("jdbc:sqlite:" + file));
    } catch (SQLException e) {
      throw new IllegalStateException("the database " + file + " can't be opened", e);
    }
  }

  /// The last transaction that the file holds.
  public long position() {
    return position;
  }

  /// Makes the changes of a transaction that the file does not hold yet.
  ///
  /// @throws IllegalStateException when one before it is missing, or it does not fit
  public void apply(long sequence, Changes changes) {
    if (sequence <= position) {
      return;
    }
    if (sequence > position + 1) {
      throw new IllegalStateException(
          "entry " + sequence + " of the journal can't follow " + position);
    }
    try (var statement = connection.createStatement()) {
      for (var change : changes.statements()) {
        statement.executeUpdate(change);
      }
      statement.executeUpdate("UPDATE " + ChangeCapture.POSITION + " SET sequence = " + sequence);
      connection.commit();
      position = sequence;
    } catch (SQLException e) {
      rollBack();
      throw new IllegalStateException("entry " + sequence + " of the journal does not fit", e);
    }
  }

  private void rollBack() {
    try {
      connection.rollback();
    } catch (SQLException closed) {
      // Nothing is written then either.
    }
  }

  private static long position(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT sequence FROM " + ChangeCapture.POSITION)) {
      return rows.getLong(1);
    }
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
