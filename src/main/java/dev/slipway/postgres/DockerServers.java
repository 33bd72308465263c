package dev.slipway.postgres;

import static java.util.Objects.requireNonNull;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Redaction;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.engine.ContainerSpec;
import dev.slipway.engine.ContainerSpec.Attachment;
import dev.slipway.engine.ContainerSpec.Limits;
import dev.slipway.engine.ContainerSpec.Mount;
import dev.slipway.engine.ContainerSpec.Privileges;
import dev.slipway.engine.ContainerState;
import dev.slipway.engine.Containers;
import dev.slipway.engine.DockerApi;
import dev.slipway.engine.Images;
import dev.slipway.engine.Networks;
import dev.slipway.engine.NodeEngines;
import dev.slipway.engine.SwarmNodes;
import dev.slipway.engine.SwarmNodes.Node;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Databases in plain containers, made by the engine of the host that has the data: they could not
/// go elsewhere, and a plain container is back a second after its process was killed, under the
/// same address.
public final class DockerServers implements DatabaseServers {
  /// On each container of a database; its value is the database's id.
  public static final String LABEL = "slipway.postgres";

  private static final String MADE_FROM = "slipway.spec";
  static final String DATA = "/var/lib/slipway/postgres";
  static final String SERVER_IMAGE = "slipway-postgres";
  static final long MEGABYTE = 1 << 20;

  private static final Logger LOG = Logger.getLogger(DockerServers.class.getName());
  private static final String BACKUPS = "/var/lib/slipway/backups";
  private static final String POOLER_IMAGE = "slipway-pgbouncer";
  private static final int STOP_SECONDS = 60;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /// To make files of its user's, and to become that user.
  static final Privileges FEW =
      new Privileges(
          List.of("CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID"),
          List.of("ALL"),
          List.of(),
          false);

  private final DockerApi own;
  private final NodeEngines engines;
  private final SwarmNodes nodes;
  private final String network;
  private final Secret backupKey;

  /// Runs them on the hosts of this Swarm.
  ///
  /// @param own this host's engine, a manager
  /// @param network the name of the dynos' network
  /// @param backupKey what the keys of repositories are derived from
  public DockerServers(DockerApi own, NodeEngines engines, String network, Secret backupKey) {
    this.own = own;
    this.engines = engines;
    this.nodes = new SwarmNodes(own);
    this.network = network;
    this.backupKey = backupKey;
  }

  @Override
  public Optional<String> choose(@Nullable String host, List<Database> all) {
    return nodes.list().stream()
        .filter(node -> host == null ? node.takesDynos() : node.isCalled(host) && node.isOpen())
        .filter(node -> engines.of(node.id()).isPresent())
        .min(
            Comparator.comparingLong((Node node) -> reserved(node, all))
                .thenComparing(Node::memoryBytes, Comparator.reverseOrder()))
        .map(Node::id);
  }

  private static long reserved(Node node, List<Database> all) {
    return all.stream()
        .filter(each -> each.node().equals(node.id()))
        .mapToLong(each -> each.plan().megabytes())
        .sum();
  }

  @Override
  public String hostName(String node) {
    return nodes.find(node).map(Node::hostName).orElse(node);
  }

  @Override
  public boolean runs(Database database) {
    return engines
        .of(database.node())
        .map(Containers::new)
        .filter(host ->
            names(database).stream()
                .allMatch(name -> host.find(name).map(ContainerState::running).orElse(false)))
        .isPresent();
  }

  private static List<String> names(Database database) {
    return database.isOutside()
        ? List.of(database.pooler())
        : List.of(database.server(), database.pooler());
  }

  @Override
  public void ensure(Database database) {
    var engine = engine(database);
    var node = nodes.find(database.node()).orElseThrow();
    if (!database.isOutside()) {
      run(engine, server(database, node));
      awaitServer(engine, database);
      execute(engine, database.server(), ServerSql.of(database), "database-sql");
      prepareRepository(engine, database);
    }
    run(engine, pooler(database));
    writePoolerFiles(engine, database);
    awaitPooler(engine, database);
  }

  /// A repository that can't be had is told by the backup that fails, and stops no database.
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
    var settings = RepositorySettings.of(database, backupKey);
    execute(engine, container, settings, "backups", "settings");
  }

  DockerApi engine(Database database) {
    return engines
        .of(database.node())
        .orElseThrow(() ->
            new IllegalStateException("host " + hostName(database.node()) + " is out of reach"));
  }

  private ContainerSpec server(Database database, Node node) {
    var plan = database.plan();
    return container(
            database,
            database.server(),
            SERVER_IMAGE,
            0,
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
        database, database.pooler(), POOLER_IMAGE, 1, mounts, new Limits(256 * MEGABYTE, 0, 64));
  }

  private static String directory(Database database) {
    return DATA + "/" + database.id();
  }

  /// Where the host has the database's backups.
  static String repository(Database database) {
    return BACKUPS + "/" + database.id();
  }

  private ContainerSpec container(
      Database database, String name, String image, int which, List<Mount> mounts, Limits limits) {
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
        List.of(new Attachment(network, address(database, which))),
        null,
        limits,
        FEW);
  }

  private String address(Database database, int which) {
    var subnet = new Networks(own).find(network).orElseThrow().subnets().getFirst();
    return Addresses.in(subnet).of(database.number(), which);
  }

  /// Leaves a container alone that was made from this spec; one that was made from another makes
  /// room, as after a change of plan.
  private void run(DockerApi engine, ContainerSpec spec) {
    var containers = new Containers(engine);
    var wanted = spec.withLabel(MADE_FROM, Integer.toHexString(spec.toString().hashCode()));
    var labels = containers.labels(spec.name());
    if (!labels.isEmpty() && !labels.entrySet().containsAll(wanted.labels().entrySet())) {
      stop(containers, spec.name());
      labels = Map.of();
    }
    if (labels.isEmpty()) {
      bringImage(engine, spec.image());
      containers.create(wanted);
    }
    containers.start(spec.name());
  }

  /// A host that joined has no images of databases until it has one.
  void bringImage(DockerApi engine, String image) {
    var here = new Images(own);
    var there = new Images(engine);
    if (there.find(image).isPresent()) {
      return;
    }
    if (engine == own || here.find(image).isEmpty()) {
      throw new IllegalStateException("image " + image + " is not there; ./slipway up builds it");
    }
    try (var archive = here.save(image)) {
      there.load(archive);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitServer(DockerApi engine, Database database) {
    await(
        "the server of " + database.name() + " does not answer",
        () -> execute(engine, database.server(), "SELECT 1;\n", "database-sql"));
  }

  /// Written anew only where they differ, so that a pooler that serves is left alone.
  private void writePoolerFiles(DockerApi engine, Database database) {
    var changed = false;
    for (var file : PoolerFiles.of(database).entrySet()) {
      var said = execute(engine, database.pooler(), file.getValue(), "pooler-file", file.getKey());
      changed |= said.contains("changed");
    }
    if (changed) {
      // One that still waits for its files reads them when it starts.
      execute(engine, database.pooler(), "", "pooler-reload");
    }
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

  private static void await(String problem, Runnable attempt) {
    var end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        attempt.run();
        return;
      } catch (RuntimeException notYet) {
        if (System.nanoTime() > end) {
          throw new IllegalStateException(problem + ": " + notYet.getMessage(), notYet);
        }
      }
      sleep();
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Runs a command inside, and gives what it wrote.
  static String execute(DockerApi engine, String container, String input, String... command) {
    var lines = new ArrayList<String>();
    var bytes = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    var status = new Containers(engine).execute(container, List.of(command), bytes, lines::add);
    var said = String.join("\n", lines);
    if (status != 0) {
      throw new IllegalStateException(said.isBlank() ? command[0] + " ended with " + status : said);
    }
    return said;
  }

  @Override
  public boolean remove(Database database) {
    var containers = new Containers(engine(database));
    stop(containers, database.pooler());
    stop(containers, database.server());
    return true;
  }

  /// A server that is stopped has written all that it knows.
  private static void stop(Containers containers, String name) {
    if (containers.find(name).map(ContainerState::running).orElse(false)) {
      containers.stop(name, STOP_SECONDS);
    }
    containers.remove(name);
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
    inHouse(
        database, "rm", "-rf", "/srv/databases/" + database.id(), "/srv/backups/" + database.id());
  }

  /// Runs a command among the directories of the host's databases, which it sees as
  /// `/srv/databases`, and their repositories `/srv/backups`.
  void inHouse(Database database, String... command) {
    var engine = engine(database);
    var containers = new Containers(engine);
    var house = "slipway-house-" + database.token();
    bringImage(engine, POOLER_IMAGE);
    containers.remove(house);
    containers.create(
        new ContainerSpec(
            house,
            POOLER_IMAGE,
            List.of("wait"),
            Map.of(),
            Map.of(LABEL, database.id().toString()),
            List.of(
                new Mount(DATA, "/srv/databases", false),
                new Mount(BACKUPS, "/srv/backups", false)),
            List.of(),
            Map.of(),
            List.of(),
            List.of(),
            null,
            new Limits(64 * MEGABYTE, 0, 16),
            FEW));
    containers.start(house);
    try {
      execute(engine, house, "", command);
    } finally {
      containers.remove(house);
    }
  }

  @Override
  public String query(Database database, String sql, String... arguments) {
    var engine = engine(database);
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
