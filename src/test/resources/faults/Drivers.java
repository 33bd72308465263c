import java.io.StringReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/// What programs do with PostgreSQL's JDBC driver, on the three ways to a database. Run as source, with the driver on the class path and the
/// URLs in the environment; says `well` in the end, or throws.
public final class Drivers {
  public static void main(String[] arguments) throws Exception {
    try (var first = pooled("prefer"); var second = pooled("require"); var third = pooled("disable")) {
      preparedStatements(first, second, third);
      transactions(first);
      cursors(first);
      copies(first);
    }
    try (var direct = open("DATABASE_DIRECT_URL", "prefer"); var other = open("DATABASE_DIRECT_URL", "prefer")) {
      notifications(direct, pooledUrl());
      locks(direct, other);
    }
    try (var session = open("DATABASE_SESSION_URL", "prefer")) {
      session.createStatement().execute("SET search_path = pg_catalog");
      require(text(session, "SHOW search_path").equals("pg_catalog"), "a session keeps what is set");
    }
    System.out.println("well");
  }

  /// From the fifth time on the driver prepares them on the server; each connection has its own, and server connections change.
  private static void preparedStatements(Connection... all) throws SQLException {
    for (var round = 0; round < 40; round++) {
      for (var connection : all) {
        try (var statement = connection.prepareStatement("SELECT ?::int + ?::int")) {
          statement.setInt(1, round);
          statement.setInt(2, 1);
          var rows = statement.executeQuery();
          rows.next();
          require(rows.getInt(1) == round + 1, "prepared statements");
        }
      }
    }
  }

  private static void transactions(Connection connection) throws SQLException {
    var statement = connection.createStatement();
    statement.execute("DROP TABLE IF EXISTS jdbc");
    statement.execute("CREATE TABLE jdbc (x int PRIMARY KEY)");
    connection.setAutoCommit(false);
    statement.execute("SET LOCAL statement_timeout = '5s'");
    statement.execute("INSERT INTO jdbc VALUES (1)");
    var point = connection.setSavepoint();
    try {
      statement.execute("INSERT INTO jdbc VALUES (1)");
      throw new AssertionError("a key is there twice");
    } catch (SQLException expected) {
      connection.rollback(point);
    }
    try (var batch = connection.prepareStatement("INSERT INTO jdbc VALUES (?)")) {
      for (var i = 2; i <= 1000; i++) {
        batch.setInt(1, i);
        batch.addBatch();
      }
      batch.executeBatch();
    }
    connection.commit();
    require(text(connection, "SELECT count(*) FROM jdbc").equals("1000"), "a batch");
    connection.commit();
    connection.setAutoCommit(true);
  }

  private static void cursors(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (var statement = connection.prepareStatement("SELECT x FROM jdbc ORDER BY x")) {
      statement.setFetchSize(10);
      var rows = statement.executeQuery();
      var count = 0;
      while (rows.next()) {
        count++;
      }
      require(count == 1000, "a cursor");
    }
    connection.commit();
    connection.setAutoCommit(true);
  }

  private static void copies(Connection connection) throws Exception {
    var copy = new CopyManager(connection.unwrap(BaseConnection.class));
    require(copy.copyIn("COPY jdbc FROM STDIN", new StringReader("2001\n2002\n")) == 2, "a copy");
  }

  private static void notifications(Connection listener, String[] pooled) throws Exception {
    listener.createStatement().execute("LISTEN jdbc");
    try (var other = DriverManager.getConnection(pooled[0], pooled[1], pooled[2])) {
      other.createStatement().execute("NOTIFY jdbc, 'hello'");
    }
    var heard = listener.unwrap(PGConnection.class).getNotifications(5000);
    require(heard != null && heard.length == 1 && heard[0].getParameter().equals("hello"), "a notification");
  }

  /// As migrations of Rails, Flyway and others keep each other out.
  private static void locks(Connection one, Connection other) throws SQLException {
    require(text(one, "SELECT pg_try_advisory_lock(42)").equals("t"), "a lock");
    require(text(other, "SELECT pg_try_advisory_lock(42)").equals("f"), "a lock that is taken");
    require(text(one, "SELECT pg_advisory_unlock(42)").equals("t"), "a lock that is given back");
    require(text(other, "SELECT pg_try_advisory_lock(42)").equals("t"), "a lock that is free again");
  }

  private static Connection pooled(String mode) throws SQLException {
    return open("DATABASE_URL", mode);
  }

  private static Connection open(String variable, String mode) throws SQLException {
    var place = place(variable);
    var settings = new Properties();
    settings.setProperty("user", place[1]);
    settings.setProperty("password", place[2]);
    settings.setProperty("sslmode", mode);
    settings.setProperty("ApplicationName", "drivers");
    settings.setProperty("currentSchema", "public");
    settings.setProperty("options", "-c geqo=off");
    return DriverManager.getConnection(place[0], settings);
  }

  private static String[] pooledUrl() {
    return place("DATABASE_URL");
  }

  /// As the driver wants it: without user and password.
  private static String[] place(String variable) {
    var parts = System.getenv(variable).split("://|:|@", 4);
    return new String[] {"jdbc:postgresql://" + parts[3], parts[1], parts[2]};
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (var rows = connection.createStatement().executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
