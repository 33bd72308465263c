package dev.slipway.postgres;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The files that a pooler runs from.
///
/// Source: PgBouncer 1.24, `config.md`.
final class PoolerFiles {
  static final String DIRECTORY = "/srv/slipway/pooler";
  static final String SETTINGS = "pgbouncer.ini";
  private static final String EVERYBODYS = "/etc/ssl/certs/ca-certificates.crt";
  private static final String AUTHORITY = DIRECTORY + "/authority.crt";
  private static final String SERVER = "server-authority.crt";

  /// Where the server is, if it is on another host than the pooler.
  ///
  /// @param certificate its own, which it must show
  record Remote(String address, String certificate) {}

  /// Whoever comes encrypted proves the password by SCRAM. The 4,096 hashes of that are the larger
  /// part of what a connection costs its client, and guard a password that could be guessed; these
  /// are 32 random bytes. So whoever does without encryption, as one may on a host of one's own, is
  /// spared them.
  private static final String ACCESS =
      """
      hostssl all all all scram-sha-256
      hostnossl all all all md5
      """;

  /// What drivers send when they connect, and a connection that many share can't take on.
  private static final String IGNORED =
      "extra_float_digits,options,search_path,statement_timeout,lock_timeout,"
          + "idle_in_transaction_session_timeout,geqo,default_transaction_read_only,"
          + "default_transaction_isolation,tcp_keepalives_idle,work_mem";

  private PoolerFiles() {}

  /// The files by name. The settings come last: who reads them finds the others.
  static Map<String, String> of(Database database, @Nullable Remote remote) {
    var files = new LinkedHashMap<String, String>();
    files.put("logins.txt", logins(database));
    files.put("access.txt", ACCESS);
    var outside = database.outside();
    if (outside != null && !outside.authority().isEmpty()) {
      files.put("authority.crt", outside.authority());
    }
    if (remote != null) {
      files.put(SERVER, remote.certificate());
    }
    files.put(SETTINGS, settings(database, remote));
    return files;
  }

  /// With the passwords themselves: the pooler is asked for more than one proof of them, and comes
  /// to the server by the client's login.
  private static String logins(Database database) {
    return database.logins().stream()
        .map(login -> "\"" + login.user() + "\" \"" + login.password().reveal() + "\"\n")
        .collect(Collectors.joining());
  }

  private static String settings(Database database, @Nullable Remote remote) {
    var name = database.databaseName();
    var plan = database.plan();
    return """
    [databases]
    @name = @way pool_size=@pooled max_db_connections=@pooled
    @name-session = @way pool_mode=session pool_size=@sessions max_db_connections=@sessions

    [pgbouncer]
    listen_addr = *
    listen_port = 5432
    unix_socket_dir = @directory
    auth_type = hba
    auth_hba_file = @directory/access.txt
    auth_file = @directory/logins.txt
    pool_mode = transaction
    max_prepared_statements = 200
    max_client_conn = 8000
    query_wait_timeout = 120
    server_login_retry = 1
    server_idle_timeout = 300
    server_lifetime = 3600
    server_round_robin = 0
    client_tls_sslmode = allow
    client_tls_key_file = @directory/server.key
    client_tls_cert_file = @directory/server.crt
    server_tls_sslmode = @tls
    @authority
    ignore_startup_parameters = @ignored
    log_connections = 0
    log_disconnections = 0
    log_stats = 0
    """
        .replace("@directory", DIRECTORY)
        .replace("@name", name)
        .replace("@pooled", Integer.toString(plan.pooled()))
        .replace("@sessions", Integer.toString(plan.sessions()))
        .replace("@tls", tls(database, remote))
        .replace("@authority", authority(database, remote))
        .replace("@ignored", IGNORED)
        .replace("@way", way(database, remote)); // last: it holds what others chose
  }

  private static String tls(Database database, @Nullable Remote remote) {
    return database.isOutside() ? "verify-full" : remote == null ? "disable" : "verify-ca";
  }

  /// A server here is reached by its socket, which no network sees.
  private static String way(Database database, @Nullable Remote remote) {
    var outside = database.outside();
    var host = remote == null ? "/srv/slipway/socket" : remote.address();
    return outside == null
        ? "host=" + host + " port=5432 dbname=" + database.databaseName()
        : "host="
            + outside.host()
            + " port="
            + outside.port()
            + " dbname='"
            + outside.database()
            + "' user='"
            + outside.user()
            + "' password='"
            + outside.password().reveal()
            + "'";
  }

  private static String authority(Database database, @Nullable Remote remote) {
    var outside = database.outside();
    if (outside != null) {
      return "server_tls_ca_file = " + authorityFile(outside);
    }
    return remote == null ? "" : "server_tls_ca_file = " + DIRECTORY + "/" + SERVER;
  }

  /// The certificates that an outside server's is checked by.
  static String authorityFile(Outside outside) {
    return outside.authority().isEmpty() ? EVERYBODYS : AUTHORITY;
  }
}
