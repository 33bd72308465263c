package dev.slipway.postgres;

import static java.util.Objects.requireNonNull;

import dev.slipway.core.Secret;
import dev.slipway.engine.ContainerSpec;
import dev.slipway.engine.ContainerSpec.Attachment;
import dev.slipway.engine.ContainerSpec.Limits;
import dev.slipway.engine.ContainerSpec.Mount;
import dev.slipway.engine.Containers;
import dev.slipway.engine.DockerApi;
import dev.slipway.hosted.HostContainers;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Backups by pgBackRest: taken inside the server's container, restored in containers of their own,
/// without any network unless the repository is in a store.
public final class DockerBackups implements BackupServers {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int MEGABYTES = 512;
  private static final int PASSWORD_BYTES = 16;

  private final DockerServers servers;

  /// Backups of what runs there.
  public DockerBackups(DockerServers servers) {
    this.servers = servers;
  }

  @Override
  public Stored capture(Database database) {
    var engine = servers.engine(database);
    servers.writeRepositorySettings(engine, database.server(), database);
    backups(engine, database, "repository");
    var before = contents(engine, database);
    backups(engine, database, "backup");
    return contents(engine, database).taken(before);
  }

  @Override
  public List<Stored> stored(Database database) {
    return contents(servers.engine(database), database).whole();
  }

  private static RepositoryContents contents(DockerApi engine, Database database) {
    return RepositoryContents.of(backups(engine, database, "info"));
  }

  @Override
  public Instant inPlaceSince() {
    return servers.backups().since();
  }

  @Override
  public boolean outliveHosts() {
    return servers.backups().inStore().isPresent();
  }

  @Override
  public void delete(Database database, String label) {
    backups(servers.engine(database), database, "expire", label);
  }

  private static String backups(DockerApi engine, Database database, String... words) {
    return HostContainers.execute(engine, database.server(), "", command(words));
  }

  private static String[] command(String... words) {
    var command = new ArrayList<>(List.of("backups"));
    command.addAll(List.of(words));
    return command.toArray(String[]::new);
  }

  /// The transaction is one for a restore to stop at, where nothing else comes.
  @Override
  public void mark(Database database, String mark) {
    var sql =
        "SELECT pg_create_restore_point('%s') IS NULL, pg_current_xact_id() IS NULL;\n"
            .formatted(mark);
    var engine = servers.engine(database);
    live(engine, database, sql);
    var segment = live(engine, database, "SELECT pg_walfile_name(pg_switch_wal());\n").strip();
    awaitArchived(engine, database, segment);
  }

  private static void awaitArchived(DockerApi engine, Database database, String segment) {
    var end = System.nanoTime() + PATIENCE.toNanos();
    var arrived =
        "SELECT coalesce(last_archived_wal, '') >= '" + segment + "' FROM pg_stat_archiver;\n";
    while (!live(engine, database, arrived).strip().equals("t")) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("its changes don't reach the repository");
      }
      pause();
    }
  }

  private static String live(DockerApi engine, Database database, String sql) {
    return HostContainers.execute(engine, database.server(), sql, "database-sql", "-At");
  }

  private static void pause() {
    try {
      Thread.sleep(200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public long freeBytes(Database database) {
    var lines = servers.inHouse(database, "df", "-B1", "--output=avail", "/srv/databases").lines();
    return Long.parseLong(lines.reduce("0", (_, last) -> last).strip());
  }

  @Override
  public Restored restore(Database source, Point point, String purpose, Database target) {
    var restored = new Container(source, purpose, target);
    try {
      restored.begin(point);
      return restored;
    } catch (RuntimeException e) {
      restored.close();
      throw e;
    }
  }

  @Override
  public void dropReplaced(Database target) {
    servers.inHouse(target, "rm", "-rf", "/srv/databases/" + target.id() + "/data.replaced");
  }

  /// By moves, so that its server never finds half of anything.
  @Override
  public void putBack(Database target) {
    servers.inHouse(
        target,
        "sh",
        "-euc",
        """
        cd "/srv/databases/$1"
        [ -s data.replaced/PG_VERSION ]
        rm -rf data.failed
        [ ! -d data ] || mv data data.failed
        mv data.replaced data
        rm -rf data.failed
        """,
        "sh",
        requireNonNull(target.id()).toString());
  }

  @Override
  public void clear(Database target) {
    servers.clear(target);
  }

  /// A container that a backup is restored into.
  private final class Container implements Restored {
    private final Database source;
    private final Database target;
    private final DockerApi engine;
    private final Containers containers;
    private final String name;
    private final String directory;

    Container(Database source, String purpose, Database target) {
      this.source = source;
      this.target = target;
      this.engine = servers.engine(target);
      this.containers = new Containers(engine);
      this.name = DockerServers.besides(target, purpose);
      this.directory = DockerServers.directoryBesides(target, purpose);
    }

    void begin(Point point) {
      close();
      servers.bringImage(engine, DockerServers.SERVER_IMAGE);
      containers.create(spec());
      containers.start(name);
      servers.writeRepositorySettings(engine, name, source);
      var restore = new ArrayList<>(List.of("restore"));
      restore.addAll(point.arguments());
      run("", command(restore.toArray(String[]::new)));
      run("", command("serve"));
    }

    private ContainerSpec spec() {
      return new ContainerSpec(
              name,
              DockerServers.SERVER_IMAGE,
              List.of("wait"),
              Map.of(),
              Map.of(DockerServers.LABEL, target.id().toString()),
              List.of(
                  new Mount(DockerServers.DATA + "/" + directory, "/srv/slipway", false),
                  new Mount(DockerServers.repository(source), "/srv/backups", true)),
              List.of(),
              Map.of(),
              List.of(),
              toRepository(),
              null,
              new Limits(MEGABYTES * HostContainers.MEGABYTE, 1, 256),
              HostContainers.FEW)
          .withKernelAccess(List.of("/dev/shm"), Map.of());
    }

    /// A network only where the repository is behind one.
    private List<Attachment> toRepository() {
      return servers.backups().inStore().isPresent()
          ? List.of(new Attachment("bridge", null))
          : List.of();
    }

    private String run(String input, String... command) {
      return HostContainers.execute(engine, name, input, command);
    }

    @Override
    public String sql(String database, String sql) {
      return run(sql + "\n", "database-sql", "-At", "--dbname=" + database);
    }

    @Override
    public String query(Database database, String query) {
      var password = Secret.random(PASSWORD_BYTES);
      var login =
          """
          DROP ROLE IF EXISTS drill;
          CREATE ROLE drill LOGIN PASSWORD '@password' IN ROLE @role;
          ALTER ROLE drill SET role = @role;\
          """
              .replace("@password", password.reveal())
              .replace("@role", database.role());
      sql(database.databaseName(), login);
      return run(password.reveal() + "\n" + query, command("query", database.databaseName()));
    }

    @Override
    public void check(String database) {
      run("", command("check", database));
    }

    @Override
    public void dump(String database, OutputStream to) throws IOException {
      var said = new ArrayList<String>();
      var status = containers.execute(name, List.of("backups", "dump", database), to, said::add);
      if (status != 0) {
        throw new IllegalStateException(
            said.isEmpty() ? "pg_dump ended with " + status : String.join("\n", said));
      }
    }

    @Override
    public void become() {
      if (!source.id().equals(target.id())) {
        sql(
            "postgres",
            "ALTER DATABASE "
                + source.databaseName()
                + " RENAME TO "
                + target.databaseName()
                + "; ALTER ROLE "
                + source.role()
                + " RENAME TO "
                + target.role()
                + ";");
      }
      run("", command("stop"));
      containers.remove(name);
      servers.inHouse(
          target,
          "sh",
          "-euc",
          """
          cd /srv/databases
          mkdir -p "$2"
          if [ -d "$2/data" ]; then
            rm -rf "$2/data.replaced"
            mv "$2/data" "$2/data.replaced"
          fi
          mv "$1/data" "$2/data"
          rm -rf "$1"
          """,
          "sh",
          directory,
          requireNonNull(target.id()).toString());
    }

    @Override
    public void close() {
      containers.remove(name);
      servers.inHouse(target, "rm", "-rf", "/srv/databases/" + directory);
    }
  }
}
