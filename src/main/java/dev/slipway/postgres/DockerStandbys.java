package dev.slipway.postgres;

import static dev.slipway.hosted.HostContainers.execute;
import static dev.slipway.hosted.HostContainers.stop;
import static java.util.Objects.requireNonNull;

import dev.slipway.engine.ContainerSpec;
import dev.slipway.engine.ContainerState;
import dev.slipway.engine.Containers;
import dev.slipway.engine.DockerApi;
import dev.slipway.hosted.HostContainers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Standbys by streaming replication, in containers beside those of the databases of other hosts.
///
/// Source: PostgreSQL 17 documentation, chapter 26.
public final class DockerStandbys implements StandbyServers {
  private static final Logger LOG = Logger.getLogger(DockerStandbys.class.getName());

  /// A server that does not end meanwhile is killed: what it acknowledged is on both.
  private static final int STOP_SECONDS = 5;

  private static final Duration CATCHES_UP = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final int LINES = 30;

  /// What a server writes last but one when it is stopped, with the place that it came to.
  private static final Pattern LAST = Pattern.compile("checkpoint complete: .* lsn=([0-9A-F/]+),");

  private static final String ENDED = "database system is shut down";

  private static final String FOLLOWING =
      """
      SELECT coalesce(r.state = 'streaming' AND clock_timestamp() - r.reply_time < '4s', false),
          current_setting('synchronous_standby_names') <> '',
          coalesce(r.sync_state, '') = 'sync', coalesce(r.flush_lsn::text, ''),
          coalesce(pg_current_wal_flush_lsn() - r.flush_lsn, -1),
          coalesce(s.wal_status, 'lost') = 'lost'
        FROM (VALUES (1)) AS one
        LEFT JOIN pg_stat_replication r ON r.application_name = 'standby'
        LEFT JOIN pg_replication_slots s ON s.slot_name = 'standby';
      """;

  private static final String SYNCHRONISE =
      """
      ALTER SYSTEM SET synchronous_standby_names = 'standby';
      SELECT pg_reload_conf();
      """;

  private static final String RELEASE =
      """
      ALTER SYSTEM RESET synchronous_standby_names;
      SELECT pg_reload_conf();
      """;

  private static final String PREPARE =
      """
      SELECT 'CREATE ROLE standby REPLICATION LOGIN'
        WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'standby') \\gexec
      ALTER ROLE standby PASSWORD '@verifier';
      SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots
        WHERE slot_name = 'standby' AND active;
      SELECT pg_drop_replication_slot('standby') FROM pg_replication_slots
        WHERE slot_name = 'standby';
      SELECT pg_create_physical_replication_slot('standby', true);
      ALTER SYSTEM SET max_slot_wal_keep_size = '@keptMB';
      ALTER SYSTEM SET wal_sender_timeout = '10s';
      SELECT pg_reload_conf();
      """;

  private static final String FORGET =
      """
      ALTER SYSTEM RESET max_slot_wal_keep_size;
      ALTER SYSTEM RESET wal_sender_timeout;
      ALTER SYSTEM RESET synchronous_standby_names;
      SELECT pg_reload_conf();
      SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots
        WHERE slot_name = 'standby' AND active;
      SELECT pg_drop_replication_slot('standby') FROM pg_replication_slots
        WHERE slot_name = 'standby';
      DROP ROLE IF EXISTS standby;
      """;

  /// What it followed it follows no more, and waits for nobody.
  private static final String PROMOTE =
      """
      SELECT pg_promote(true, 60) WHERE pg_is_in_recovery();
      SELECT 1 / (NOT pg_is_in_recovery())::int;
      ALTER SYSTEM RESET synchronous_standby_names;
      ALTER SYSTEM RESET primary_conninfo;
      ALTER SYSTEM RESET primary_slot_name;
      SELECT pg_reload_conf();
      """;

  private final DockerServers servers;
  private final HostContainers hosts;

  /// Standbys of what runs there.
  public DockerStandbys(DockerServers servers) {
    this.servers = servers;
    this.hosts = servers.hosts();
  }

  @Override
  public Optional<String> choose(@Nullable String host, Database database, List<Database> all) {
    return servers.choose(host, database.node(), all);
  }

  @Override
  public Optional<String> absence(Database database) {
    return hosts.absence(standby(database).node());
  }

  @Override
  public boolean isForgotten(Database database) {
    return hosts.isForgotten(standby(database).node());
  }

  private static Standby standby(Database database) {
    return requireNonNull(database.standby());
  }

  private DockerApi there(Database database) {
    return hosts.engine(standby(database).node());
  }

  @Override
  public void copy(Database database) {
    var there = there(database);
    clear(there, database);
    hosts.renewImage(there, DockerServers.SERVER_IMAGE);
    hosts.renewImage(there, DockerServers.POOLER_IMAGE);
    prepare(database);
    var copier = copier(database);
    var containers = new Containers(there);
    containers.create(copier);
    try {
      containers.start(copier.name());
      execute(there, copier.name(), way(database), "standby", "copy");
    } finally {
      containers.remove(copier.name());
    }
  }

  /// Nothing of an earlier copy, nor of a server that was there before another one took over.
  private void clear(DockerApi there, Database database) {
    var containers = new Containers(there);
    containers.remove(copierName(database));
    stop(containers, database.follower());
    stop(containers, database.server());
    if (!database.poolerNode().equals(standby(database).node())) {
      stop(containers, database.pooler());
    }
  }

  private void prepare(Database database) {
    renew(database);
    release(database);
    var login = new Login("standby", standby(database).password(), database.createdAt());
    sql(
        database,
        PREPARE
            .replace("@verifier", ScramVerifier.of(login).text())
            .replace("@kept", Integer.toString(RepositorySettings.queueMegabytes(database))));
  }

  /// What was made of images that know of no standbys is started again with those that do.
  private void renew(Database database) {
    removeOld(servers.engine(database), database.server(), DockerServers.SERVER_IMAGE);
    removeOld(hosts.engine(database.poolerNode()), database.pooler(), DockerServers.POOLER_IMAGE);
    if (!servers.runs(database)) {
      servers.ensure(database);
    }
  }

  private void removeOld(DockerApi engine, String container, String image) {
    if (!hosts.isCurrent(engine, container, image)) {
      hosts.renewImage(engine, image);
      stop(new Containers(engine), container);
    }
  }

  private ContainerSpec copier(Database database) {
    return spec(database).called(copierName(database)).running("wait");
  }

  private static String copierName(Database database) {
    return "slipway-copy-" + database.token();
  }

  private ContainerSpec spec(Database database) {
    var node = hosts.node(standby(database).node());
    return servers.server(database, node, database.seats().standby());
  }

  /// How the standby comes to the server. It checks that it is the one by the certificate, and by
  /// nothing else: that of a restored server has another name.
  private String way(Database database) {
    var certificate = DockerServers.certificate(servers.engine(database), database.server());
    return "host="
        + database.server()
        + " hostaddr="
        + servers.serverAddress(database, database.seats().server())
        + " port=5432 user=standby application_name=standby connect_timeout=5"
        + " keepalives_idle=5 keepalives_interval=2 keepalives_count=3 sslmode=verify-ca sslcertmode=disable"
        + " sslrootcert=/srv/slipway/standby.crt passfile=/srv/slipway/standby.pass\n"
        + standby(database).password().reveal()
        + "\n"
        + certificate;
  }

  @Override
  public void start(Database database) {
    if (!hosts.runs(standby(database).node(), List.of(database.follower()))) {
      var there = there(database);
      hosts.run(there, spec(database).called(database.follower()));
      new Containers(there).startNoMore(database.follower());
    }
  }

  @Override
  public Following following(Database database) {
    var said = sql(database, FOLLOWING).split("\\|", -1);
    return new Following(
        said[0].equals("t"),
        said[1].equals("t"),
        said[2].equals("t"),
        said[3],
        Math.max(0, Long.parseLong(said[4])),
        said[5].equals("t"));
  }

  @Override
  public void synchronise(Database database) {
    sql(database, SYNCHRONISE);
    if (!until(() -> following(database).synchronous())) {
      throw new IllegalStateException("the standby of " + database.name() + " is not waited for");
    }
    var now = sql(database, "SELECT pg_current_wal_insert_lsn();\n");
    var reached =
        "SELECT count(*) FROM pg_stat_replication WHERE application_name = 'standby'"
            + " AND sync_state = 'sync' AND flush_lsn >= pg_lsn '"
            + now
            + "';\n";
    if (!until(() -> sql(database, reached).equals("1"))) {
      throw new IllegalStateException("the standby of " + database.name() + " lags behind");
    }
  }

  @Override
  public void release(Database database) {
    sql(database, RELEASE);
  }

  private String sql(Database database, String sql) {
    return sql(servers.engine(database), database.server(), sql);
  }

  private static String sql(DockerApi engine, String container, String sql) {
    return execute(engine, container, sql, "database-sql", "-At").strip();
  }

  @Override
  public void hold(Database database) {
    try {
      var engine = hosts.engine(database.poolerNode());
      execute(engine, database.pooler(), "", "pooler-hold", "PAUSE", database.databaseName());
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "Clients of " + database.name() + " do not wait", e);
    }
  }

  @Override
  public void stopServer(Database database) {
    var containers = new Containers(servers.engine(database));
    containers.startNoMore(database.server());
    if (containers.find(database.server()).map(ContainerState::running).orElse(false)) {
      containers.stop(database.server(), STOP_SECONDS);
    }
  }

  @Override
  public boolean hasAll(Database database) {
    var last = lastPlace(new Containers(servers.engine(database)), database.server());
    if (last.isEmpty()) {
      return false;
    }
    var received = "SELECT pg_last_wal_receive_lsn() > pg_lsn '" + last.get() + "';\n";
    return until(() -> sql(there(database), database.follower(), received).equals("t"));
  }

  /// Nothing where it was killed.
  private static Optional<String> lastPlace(Containers containers, String server) {
    var lines = containers.lastLines(server, LINES);
    if (lines.stream().noneMatch(line -> line.contains(ENDED))) {
      return Optional.empty();
    }
    return lines.stream()
        .map(LAST::matcher)
        .filter(Matcher::find)
        .map(found -> found.group(1))
        .reduce((_, later) -> later);
  }

  private static boolean until(BooleanSupplier reached) {
    var end = System.nanoTime() + CATCHES_UP.toNanos();
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      pause();
    }
    return true;
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// The container is made anew under the server's name, by which clients come directly: to rename
  /// one that runs in an overlay network fails.
  @Override
  public void promote(Database database) {
    var engine = servers.engine(database);
    var containers = new Containers(engine);
    if (containers.find(database.follower()).map(ContainerState::running).orElse(false)) {
      containers.stop(database.follower(), STOP_SECONDS);
    }
    containers.remove(database.follower());
    servers.start(database);
    HostContainers.await(
        "the standby of " + database.name() + " does not take over",
        () -> sql(engine, database.server(), PROMOTE));
    servers.ensurePooler(database);
  }

  @Override
  public void forget(Database database) {
    sql(database, FORGET);
    new Containers(servers.engine(database)).startAlways(database.server());
    new Containers(hosts.engine(database.poolerNode())).startAlways(database.pooler());
  }

  @Override
  public void remove(Database database) {
    if (isForgotten(database)) {
      return;
    }
    var node = standby(database).node();
    clear(there(database), database);
    if (database.poolerNode().equals(node)) {
      servers.eraseDataOn(node, database);
    } else {
      servers.eraseOn(node, database);
    }
  }
}
