package dev.slipway.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.flywaydb.core.api.output.ValidateOutput;
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
  ///
  /// @throws UserError when another build wrote it, whose migrations are not the same; the file
  ///   stays as it is
  public static Store open(Path file) {
    var pool = pool(file);
    try {
      migrate(pool, file);
      return new Store(pool);
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
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
