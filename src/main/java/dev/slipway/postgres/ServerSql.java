package dev.slipway.postgres;

import java.util.stream.Collectors;

/// The SQL that makes a server what it should be. Run again, it changes nothing. Names are made of
/// letters and digits here, so none needs care.
final class ServerSql {
  /// What was restored or recovered may have had a standby, and would wait for it.
  private static final String ALONE =
      """
      SELECT 'ALTER SYSTEM RESET synchronous_standby_names'
        WHERE current_setting('synchronous_standby_names') <> '' \\gexec
      SELECT pg_reload_conf() WHERE current_setting('synchronous_standby_names') <> '';
      SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
        WHERE slot_name = 'standby' AND NOT active;\
      """;

  private ServerSql() {}

  /// The owner's role, the database, and the logins: those that are not let in any more go.
  static String of(Database database) {
    return """
    @alone
    SELECT 'CREATE ROLE @role NOLOGIN'
      WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '@role') \\gexec
    SELECT 'CREATE DATABASE @name OWNER @role'
      WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '@name') \\gexec
    REVOKE ALL ON DATABASE @name FROM PUBLIC;
    GRANT pg_signal_backend, pg_read_all_stats TO @role;
    @logins
    \\connect @name
    CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA public;
    @retired
    """
        .replace("@alone", database.standby() == null ? ALONE : "")
        .replace("@logins", logins(database))
        .replace("@retired", retired(database))
        .replace("@role", database.role())
        .replace("@name", database.databaseName());
  }

  private static String logins(Database database) {
    return database.logins().stream().map(ServerSql::login).collect(Collectors.joining());
  }

  /// It acts as the owner, so that what one login makes the next one may change. The password is
  /// set only where it is another: to set it is to write.
  private static String login(Login login) {
    return """
    SELECT 'CREATE ROLE @user LOGIN IN ROLE @role'
      WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '@user') \\gexec
    SELECT 'ALTER ROLE @user SET role = @role; ALTER ROLE @user PASSWORD ''@verifier'''
      WHERE NOT EXISTS (SELECT FROM pg_authid
        WHERE rolname = '@user' AND rolpassword = '@verifier') \\gexec
    """
        .replace("@verifier", ScramVerifier.of(login).text())
        .replace("@user", login.user());
  }

  private static String retired(Database database) {
    var users =
        database.logins().stream()
            .map(login -> "'" + login.user() + "'")
            .collect(Collectors.joining(", "));
    return """
    SELECT pg_terminate_backend(a.pid) AS ended, r.rolname INTO TEMP retired_now
      FROM pg_roles r LEFT JOIN pg_stat_activity a ON a.usename = r.rolname
      WHERE r.rolcanlogin AND r.rolname LIKE 'u%' AND r.rolname NOT IN (@users)
        AND pg_has_role(r.oid, '@role', 'MEMBER') AND NOT r.rolsuper;
    SELECT format('REASSIGN OWNED BY %I TO @role', rolname),
        format('DROP OWNED BY %I', rolname), format('DROP ROLE %I', rolname)
      FROM (SELECT DISTINCT rolname FROM retired_now) AS each \\gexec
    """
        .replace("@users", users);
  }
}
