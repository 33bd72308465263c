package dev.slipway.postgres;

import static dev.slipway.hosted.HostContainers.FEW;
import static dev.slipway.hosted.HostContainers.MEGABYTE;
import static dev.slipway.hosted.HostContainers.await;
import static dev.slipway.hosted.HostContainers.execute;
import static dev.slipway.hosted.HostContainers.stop;
import static java.util.Objects.requireNonNull;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Redaction;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.engine.ContainerSpec;
import dev.slipway.engine.ContainerSpec.Limits;
import dev.slipway.engine.ContainerSpec.Mount;
import dev.slipway.engine.Containers;
import dev.slipway.engine.DockerApi;
import dev.slipway.engine.SwarmNodes.Node;
import dev.slipway.hosted.HostContainers;
import dev.slipway.hosted.HostContainers.Owner;
import dev.slipway.objects.ObjectStore;
import dev.slipway.objects.StoreChoice;
import dev.slipway.objects.StoreSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Databases in plain containers on the host that has their data.
public final class DockerServers implements DatabaseServers {
  /// On each container of a database; its value is the database's id.
  public static final String LABEL = "slipway.postgres";

  static final String DATA = "/var/lib/slipway/postgres";
  static final String SERVER_IMAGE = "slipway-postgres";

  private static final Logger LOG = Logger.getLogger(DockerServers.class.getName());
  private static final String BACKUPS = "/var/lib/slipway/backups";
  static final String POOLER_IMAGE = "slipway-pgbouncer";

  private final HostContainers hosts;
  private final Secret backupKey;
  private final Supplier<StoreChoice> backups;

  /// Runs them on the hosts.
  ///
  /// @param backupKey what the keys of repositories are derived from
  /// @param backups where repositories are now
  public DockerServers(HostContainers hosts, Secret backupKey, Supplier<StoreChoice> backups) {
    this.hosts = hosts;
    this.backupKey = backupKey;
    this.backups = backups;
  }

  /// Where repositories are now.
  StoreChoice backups() {
    return backups.get();
  }

  @Override
  public Optional<String> choose(@Nullable String host, List<Database> all) {
    return hosts.choose(host, reserved(all));
  }

  /// The same for a standby, on another node than that.
  Optional<String> choose(@Nullable String host, String not, List<Database> all) {
    return hosts.choose(host, not, reserved(all));
  }

  private static Map<String, Long> reserved(List<Database> all) {
    return all.stream()
        .flatMap(each -> nodes(each).map(node -> Map.entry(node, (long) each.plan().megabytes())))
        .collect(
            Collectors.groupingBy(Map.Entry::getKey, Collectors.summingLong(Map.Entry::getValue)));
  }

  private static Stream<String> nodes(Database database) {
    var standby = database.standby();
    return standby == null
        ? Stream.of(database.node())
        : Stream.of(database.node(), standby.node());
  }

  @Override
  public String hostName(String node) {
    return hosts.hostName(node);
  }

  @Override
  public Optional<Away> absence(Database database) {
    return hosts.absence(database.node()).map(why -> new Away(database, why, store()));
  }

  @Override
  public boolean isPoolerAway(Database database) {
    return hosts.absence(database.poolerNode()).isPresent();
  }

  private @Nullable String store() {
    return backups().inStore().map(settings -> settings.place().url()).orElse(null);
  }

  @Override
  public boolean runs(Database database) {
    return hosts.runs(database.poolerNode(), List.of(database.pooler()))
        && (database.isOutside() || hosts.runs(database.node(), List.of(database.server())));
  }

  @Override
  public void ensure(Database database) {
    if (database.isOutside()) {
      ensurePooler(database);
      return;
    }
    var engine = engine(database);
    start(database);
    awaitServer(engine, database);
    execute(engine, database.server(), ServerSql.of(database), "database-sql");
    ensurePooler(database);
    prepareRepository(engine, database);
  }

  /// Makes and starts the server's container.
  void start(Database database) {
    hosts.run(engine(database), server(database));
    holdBack(engine(database), database, database.server());
  }

  /// Makes the pooler, and has it lead to the server where that is now.
  void ensurePooler(Database database) {
    var engine = hosts.engine(database.poolerNode());
    hosts.run(engine, pooler(database));
    holdBack(engine, database, database.pooler());
    writePoolerFiles(engine, database);
    if (database.standby() != null) {
      execute(engine, database.pooler(), "", "pooler-hold", "RESUME", database.databaseName());
    }
    awaitPooler(engine, database);
  }

  /// What another host may have taken over must not start by itself when this one comes back.
  private static void holdBack(DockerApi engine, Database database, String container) {
    if (database.standby() != null) {
      new Containers(engine).startNoMore(container);
    }
  }

  /// A repository that can't be had is told by the backup that fails, and stops no database; a
  /// store that does not answer holds it up for 40 seconds at the most.
  private void prepareRepository(DockerApi engine, Database database) {
    try {
      writeRepositorySettings(engine, database.server(), database);
      execute(engine, database.server(), "", "backups", "repository");
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "The repository of " + database.name() + " can't be used", e);
    }
  }

  /// Lets a container reach the database's repository.
  void writeRepositorySettings(DockerApi engine, String container, Database database) {
    var store = backups().inStore();
    var authority = store.map(StoreSettings::authority).orElse(null);
    if (authority != null) {
      execute(engine, container, authority, "backups", "authority");
    }
    var settings = RepositorySettings.of(database, backupKey, store);
    execute(engine, container, settings, "backups", "settings");
  }

  DockerApi engine(Database database) {
    return hosts.engine(database.node());
  }

  /// The hosts that they run on.
  HostContainers hosts() {
    return hosts;
  }

  private ContainerSpec server(Database database) {
    return server(database, hosts.node(database.node()), database.seats().server());
  }

  /// The server, on a node and under an address that may be its standby's.
  ContainerSpec server(Database database, Node node, int seat) {
    var plan = database.plan();
    return container(
            database,
            database.server(),
            SERVER_IMAGE,
            serverAddress(database, seat),
            List.of(
                new Mount(directory(database), "/srv/slipway", false),
                new Mount(repository(database), "/srv/backups", false)),
            new Limits(plan.megabytes() * MEGABYTE, Math.min(plan.cpus(), node.cpus()), 1024))
        .withKernelAccess(List.of("/dev/shm"), Map.of())
        .running(ServerSettings.of(plan).toArray(String[]::new));
  }

  private ContainerSpec pooler(Database database) {
    var mounts = new ArrayList<Mount>();
    mounts.add(new Mount(directory(database) + "/pooler", "/srv/slipway/pooler", false));
    if (!database.isOutside()) {
      mounts.add(new Mount(directory(database) + "/socket", "/srv/slipway/socket", false));
    }
    return container(
        database,
        database.pooler(),
        POOLER_IMAGE,
        hosts.addresses().ofDatabase(database.number(), 1, database.seats().pooler()),
        mounts,
        new Limits(256 * MEGABYTE, 0, 64));
  }

  /// The address of the server that has that seat.
  String serverAddress(Database database, int seat) {
    return hosts.addresses().ofDatabase(database.number(), 0, seat);
  }

  static String directory(Database database) {
    return DATA + "/" + database.id();
  }

  /// Where the host has the database's backups.
  static String repository(Database database) {
    return BACKUPS + "/" + database.id();
  }

  private ContainerSpec container(
      Database database,
      String name,
      String image,
      String address,
      List<Mount> mounts,
      Limits limits) {
    return new ContainerSpec(
        name,
        image,
        List.of(),
        Map.of(),
        Map.of(LABEL, database.id().toString()),
        mounts,
        List.of(),
        Map.of(),
        List.of(),
        List.of(hosts.at(address)),
        null,
        limits,
        FEW);
  }

  void bringImage(DockerApi engine, String image) {
    hosts.bringImage(engine, image);
  }

  private void awaitServer(DockerApi engine, Database database) {
    await(
        "the server of " + database.name() + " does not answer",
        () -> execute(engine, database.server(), "SELECT 1;\n", "database-sql"));
  }

  /// Written anew only where they differ, so that a pooler that serves is left alone.
  private void writePoolerFiles(DockerApi engine, Database database) {
    var changed = false;
    for (var file : PoolerFiles.of(database, remote(database)).entrySet()) {
      var said = execute(engine, database.pooler(), file.getValue(), "pooler-file", file.getKey());
      changed |= said.contains("changed");
    }
    if (changed) {
      // One that still waits for its files reads them when it starts.
      execute(engine, database.pooler(), "", "pooler-reload");
    }
  }

  private PoolerFiles.@Nullable Remote remote(Database database) {
    return database.isOutside() || database.isPoolerBeside()
        ? null
        : new PoolerFiles.Remote(
            serverAddress(database, database.seats().server()),
            certificate(engine(database), database.server()));
  }

  /// The certificate that a server made itself.
  static String certificate(DockerApi engine, String server) {
    return execute(engine, server, "", "cat", "/srv/slipway/data/server.crt") + "\n";
  }

  private void awaitPooler(DockerApi engine, Database database) {
    if (database.isOutside()) {
      requireOutside(engine, database);
    }
    await(
        "the pooler of " + database.name() + " does not answer",
        () -> throughPooler(engine, database, "SELECT 1;\n"));
  }

  private static String throughPooler(
      DockerApi engine, Database database, String sql, String... arguments) {
    var login = database.login();
    var command = new ArrayList<String>();
    command.add("pooled-sql");
    command.add(
        "host=127.0.0.1 port=5432 sslmode=require connect_timeout=10 user="
            + login.user()
            + " dbname="
            + database.databaseName());
    command.addAll(List.of(arguments));
    return execute(
        engine,
        database.pooler(),
        login.password().reveal() + "\n" + sql,
        command.toArray(String[]::new));
  }

  /// Goes there without the pooler, since that says less of what is wrong.
  private static void requireOutside(DockerApi engine, Database database) {
    var outside = requireNonNull(database.outside());
    try {
      execute(
          engine,
          database.pooler(),
          outside.password().reveal() + "\nSELECT 1;\n",
          "pooled-sql",
          "host="
              + outside.host()
              + " port="
              + outside.port()
              + " sslmode=verify-full sslrootcert="
              + PoolerFiles.authorityFile(outside)
              + " connect_timeout=10 user='"
              + outside.user()
              + "' dbname='"
              + outside.database()
              + "'");
    } catch (IllegalStateException e) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "The database at " + outside.host() + " can't be used",
              String.valueOf(e.getMessage()),
              "Mend that, destroy this add-on, and attach the database again"),
          e);
    }
  }

  @Override
  public boolean remove(Database database) {
    stopOn(database.poolerNode(), database.pooler());
    stopOn(database.node(), database.server());
    return true;
  }

  private void stopOn(String node, String container) {
    if (!hosts.isForgotten(node)) {
      stop(new Containers(hosts.engine(node)), container);
    }
  }

  @Override
  public DiskRoom room(Database database) {
    var said = execute(engine(database), database.server(), "", "disk-room").strip().split(" ", -1);
    return new DiskRoom(
        database.id(),
        database.name(),
        hostName(database.node()),
        Long.parseLong(said[0]),
        said[1].equals("low"));
  }

  @Override
  public void reset(Database database) {
    if (database.isOutside()) {
      throw UserError.of(ErrorCode.INVALID_PARAMS, "A database that is elsewhere is not reset.");
    }
    var engine = engine(database);
    var drop = "DROP DATABASE IF EXISTS " + database.databaseName() + " WITH (FORCE);\n";
    execute(engine, database.server(), drop, "database-sql");
    execute(engine, database.server(), ServerSql.of(database), "database-sql");
  }

  @Override
  public void erase(Database database) {
    backups()
        .inStore()
        .filter(_ -> !database.isOutside())
        .ifPresent(settings -> {
          try (var store = ObjectStore.open(settings, "")) {
            store.deleteAll(RepositorySettings.below(database) + "/");
          }
        });
    if (!database.isPoolerBeside()) {
      eraseOn(database.poolerNode(), database);
    }
    if (!hosts.isForgotten(database.node())) {
      clear(database);
    }
    eraseOn(database.node(), database);
  }

  /// Deletes all that a host has of a database that does not run there.
  void eraseOn(String node, Database database) {
    if (!hosts.isForgotten(node)) {
      var id = database.id();
      inHouse(node, database, "rm", "-rf", "/srv/databases/" + id, "/srv/backups/" + id);
    }
  }

  /// The same without what the pooler has there.
  void eraseDataOn(String node, Database database) {
    inHouse(node, database, "rm", "-rf", "/srv/databases/" + database.id() + "/data");
  }

  /// Removes what is restored beside the database, in whatever state it is.
  void clear(Database database) {
    var containers = new Containers(engine(database));
    var command = new ArrayList<>(List.of("rm", "-rf"));
    for (var purpose : Backups.PURPOSES) {
      containers.remove(besides(database, purpose));
      command.add("/srv/databases/" + directoryBesides(database, purpose));
    }
    inHouse(database, command.toArray(String[]::new));
  }

  /// The container that a backup of the database is restored into.
  static String besides(Database database, String purpose) {
    return "slipway-" + purpose + "-" + database.token();
  }

  /// Its directory, among those of the databases.
  static String directoryBesides(Database database, String purpose) {
    return database.id() + "." + purpose;
  }

  /// Runs a command among the directories of the host's databases, which it sees as
  /// `/srv/databases`, and their repositories `/srv/backups`; gives what it wrote.
  String inHouse(Database database, String... command) {
    return inHouse(database.node(), database, command);
  }

  private String inHouse(String node, Database database, String... command) {
    return hosts.runOnce(
        hosts.engine(node),
        POOLER_IMAGE,
        new Owner(LABEL, database.id()),
        List.of(
            new Mount(DATA, "/srv/databases", false), new Mount(BACKUPS, "/srv/backups", false)),
        command);
  }

  @Override
  public String query(Database database, String sql, String... arguments) {
    var engine = hosts.engine(database.isOutside() ? database.poolerNode() : database.node());
    try {
      return database.isOutside()
          ? throughPooler(engine, database, sql, arguments)
          : execute(engine, database.server(), sql, command(database, arguments));
    } catch (IllegalStateException e) {
      throw new UserError(
          new Problem(
              ErrorCode.FAILED,
              "The database " + database.name() + " did not do that",
              withoutSecrets(database, e),
              null),
          e);
    }
  }

  private static String[] command(Database database, String... arguments) {
    var command = new ArrayList<>(List.of("database-sql", "--dbname=" + database.databaseName()));
    command.addAll(List.of(arguments));
    return command.toArray(String[]::new);
  }

  private static String withoutSecrets(Database database, RuntimeException e) {
    var secrets = new ArrayList<Secret>(database.config().values());
    database.logins().forEach(login -> secrets.add(login.password()));
    return Redaction.of(secrets).apply(String.valueOf(e.getMessage()));
  }
}
