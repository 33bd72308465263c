package dev.slipway.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/// Control's database: one SQLite file. What a transaction wrote is on disk when the call returns.
/// Thread-safe.
public final class Store implements AutoCloseable {
  private static final int BUSY_MILLISECONDS = 10_000;
  private static final int CONNECTIONS = 4;

  private final HikariDataSource pool;
  private final Jdbi jdbi;

  private Store(HikariDataSource pool) {
    this.pool = pool;
    this.jdbi = Jdbi.create(pool);
  }

  /// Opens the file, creates it where there is none, and brings its schema up to date.
  public static Store open(Path file) {
    var pool = pool(file);
    Flyway.configure().dataSource(pool).locations("classpath:db/migration").load().migrate();
    return new Store(pool);
  }

  /// Runs the work in one transaction: all of it is written, or none when it throws. Writers wait
  /// for each other.
  public <T> T inTransaction(Function<Handle, T> work) {
    return jdbi.inTransaction(work::apply);
  }

  /// Like `inTransaction`, for work without a result.
  public void useTransaction(Consumer<Handle> work) {
    jdbi.useTransaction(work::accept);
  }

  /// Reads without a transaction: each query sees what was committed before it.
  public <T> T read(Function<Handle, T> work) {
    return jdbi.withHandle(work::apply);
  }

  @Override
  public void close() {
    pool.close();
  }

  private static HikariDataSource pool(Path file) {
    var sqlite = new SQLiteConfig();
    sqlite.setJournalMode(JournalMode.WAL);
    sqlite.setSynchronous(SynchronousMode.FULL);
    sqlite.setTransactionMode(TransactionMode.IMMEDIATE);
    sqlite.setBusyTimeout(BUSY_MILLISECONDS);
    sqlite.enforceForeignKeys(true);
    var source = new SQLiteDataSource(sqlite);
    source.setUrl("jdbc:sqlite:" + file);
    var hikari = new HikariConfig();
    hikari.setDataSource(source);
    hikari.setMaximumPoolSize(CONNECTIONS);
    hikari.setPoolName("store");
    return new HikariDataSource(hikari);
  }
}
