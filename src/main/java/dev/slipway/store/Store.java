package dev.slipway.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.flywaydb.core.api.output.ValidateOutput;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/// Control's database: one SQLite file. What a transaction wrote is on disk when the call returns,
/// and in the journal, where there is one. Thread-safe.
public final class Store implements AutoCloseable {
  private static final int BUSY_MILLISECONDS = 10_000;
  private static final int CONNECTIONS = 4;

  private final HikariDataSource pool;
  private final Jdbi jdbi;
  private final @Nullable Journal journal;

  private Store(HikariDataSource pool, @Nullable Journal journal) {
    this.pool = pool;
    this.jdbi = Jdbi.create(pool);
    this.journal = journal;
  }

  /// Opens the file, creates it where there is none, and brings its schema up to date.
  ///
  /// @throws UserError when another build wrote it, whose migrations are not the same; the file
  ///   stays as it is
  public static Store open(Path file) {
    var pool = pool(source(file));
    try {
      migrate(pool, file);
      return new Store(pool, null);
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
  }

  /// The same, and from now on each transaction's changes go into the journal before they are
  /// committed.
  public static Store open(Path file, Journal journal) {
    open(file).close();
    var source = source(file);
    try (var connection = source.getConnection()) {
      ChangeCapture.createPosition(connection);
    } catch (SQLException e) {
      throw new IllegalStateException("the database " + file + " can't be written", e);
    }
    return new Store(pool(new Noting(source)), journal);
  }

  private static void migrate(HikariDataSource pool, Path file) {
    var migrations = Flyway.configure().dataSource(pool).locations("classpath:db/migration");
    try {
      migrations.load().migrate();
    } catch (FlywayValidateException e) {
      // What is still to come, or came later, is no difference.
      var differing =
          migrations
              .ignoreMigrationPatterns("*:pending", "*:future")
              .load()
              .validateWithResult()
              .invalidMigrations;
      throw new UserError(writtenByAnotherBuild(file, differing), e);
    }
  }

  private static Problem writtenByAnotherBuild(Path file, List<ValidateOutput> differing) {
    var named =
        differing.stream()
            .map(each -> each.version + " (" + each.description + ")")
            .distinct()
            .collect(Collectors.joining(", "));
    return new Problem(
        ErrorCode.UNAVAILABLE,
        "The database " + file + " was written by another build of Slipway",
        "its migrations and this build's differ in " + named,
        "Install that build again, or start anew with `./slipway down --purge`, which deletes all"
            + " apps and their data.");
  }

  /// How many migrations made the file's tables; 0 where none did.
  public static int schema(Path file) {
    try (var connection = source(file).getConnection();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT count(*) FROM pragma_table_list WHERE name = 'flyway_schema_history'")) {
      if (rows.getInt(1) == 0) {
        return 0;
      }
      try (var count = statement.executeQuery("SELECT count(*) FROM flyway_schema_history")) {
        return count.getInt(1);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the database " + file + " can't be read", e);
    }
  }

  /// Runs the work in one transaction: all of it is written, or none when it throws. Writers wait
  /// for each other.
  public <T> T inTransaction(Function<Handle, T> work) {
    if (journal == null) {
      return jdbi.inTransaction(work::apply);
    }
    return jdbi.inTransaction(db -> {
      var result = work.apply(db);
      keep(db, journal);
      return result;
    });
  }

  /// SQLite lets one transaction write at a time, so that none takes a number twice.
  private static void keep(Handle db, Journal journal) {
    var changes = ChangeCapture.take(db);
    if (!changes.statements().isEmpty()) {
      var sequence = position(db) + 1;
      db.execute("UPDATE " + ChangeCapture.POSITION + " SET sequence = ?", sequence);
      journal.append(sequence, changes);
    }
  }

  private static long position(Handle db) {
    return db.createQuery("SELECT sequence FROM " + ChangeCapture.POSITION).mapTo(Long.class).one();
  }

  /// Like `inTransaction`, for work without a result.
  public void useTransaction(Consumer<Handle> work) {
    inTransaction(db -> {
      work.accept(db);
      return true;
    });
  }

  /// Reads without a transaction: each query sees what was committed before it.
  public <T> T read(Function<Handle, T> work) {
    return jdbi.withHandle(work::apply);
  }

  /// Copies the database as it is now into another file, while it is used.
  public void copyTo(Path copy) {
    try (var db = jdbi.open();
        var statement = db.getConnection().createStatement()) {
      statement.executeUpdate("backup to '" + copy + "'");
    } catch (SQLException e) {
      throw new IllegalStateException("the database can't be copied to " + copy, e);
    }
  }

  @Override
  public void close() {
    pool.close();
  }

  static SQLiteDataSource source(Path file) {
    var sqlite = new SQLiteConfig();
    sqlite.setJournalMode(JournalMode.WAL);
    sqlite.setSynchronous(SynchronousMode.FULL);
    sqlite.setTransactionMode(TransactionMode.IMMEDIATE);
    sqlite.setBusyTimeout(BUSY_MILLISECONDS);
    sqlite.enforceForeignKeys(true);
    var source = new SQLiteDataSource(sqlite);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }

  private static HikariDataSource pool(DataSource source) {
    var hikari = new HikariConfig();
    hikari.setDataSource(source);
    hikari.setMaximumPoolSize(CONNECTIONS);
    hikari.setPoolName("store");
    return new HikariDataSource(hikari);
  }
}
