package dev.slipway.postgres;

import static java.util.Objects.requireNonNull;

import dev.slipway.core.AccountId;
import dev.slipway.core.Secret;
import dev.slipway.hosted.Hosted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A database: its server's data on one host's disk, and the pooler beside it. It outlives its
/// add-on by some days.
///
/// @param addon the add-on that it is, or null once that was destroyed
/// @param owner who had the add-on made
/// @param name the add-on's
/// @param number tells its addresses, and no other has it
/// @param node the id of the node that has its data
/// @param problem what is in its way; empty for nothing
/// @param logins who is let in, the newest last
/// @param outside where it is, if it is not here
/// @param destroyedAt when its add-on was destroyed, or null
/// @param seats where its parts are reached
/// @param standby the server that follows its own, if there is one
public record Database(
    UUID id,
    @Nullable UUID addon,
    AccountId owner,
    String name,
    PostgresPlan plan,
    int number,
    String node,
    Stage stage,
    String problem,
    List<Login> logins,
    @Nullable Outside outside,
    Instant createdAt,
    @Nullable Instant destroyedAt,
    Seats seats,
    @Nullable Standby standby)
    implements Hosted {
  /// Where it is in its life.
  public enum Stage {
    /// Its containers are made.
    MAKING,
    /// It can be used.
    READY,
    /// It can't be had: what is outside does not let the pooler in.
    FAILED,
    /// Its add-on was destroyed: the server is stopped, the data is kept for a while.
    KEPT
  }

  private static final int TOKEN = 12;

  /// Copies the list.
  public Database {
    logins = List.copyOf(logins);
  }

  /// What all its names have in common.
  public String token() {
    return id.toString().replace("-", "").substring(0, TOKEN);
  }

  /// The name of the server's container, by which dynos find it.
  public String server() {
    return "slipway-postgres-" + token();
  }

  /// The name of the pooler's container, by which dynos find it.
  public String pooler() {
    return "slipway-pgbouncer-" + token();
  }

  /// The name of its standby's container.
  public String follower() {
    return "slipway-standby-" + token();
  }

  /// The database's name within the server.
  public String databaseName() {
    return "d" + token();
  }

  /// The role that owns all that is in it; every login acts as this one.
  public String role() {
    return "o" + token();
  }

  /// Whether it is the pooler alone.
  public boolean isOutside() {
    return outside != null;
  }

  /// The login that apps get.
  public Login login() {
    return logins.getLast();
  }

  /// The config vars of apps that have it, by what comes after the attachment's name.
  public Map<String, Secret> config() {
    return Map.of(
        "URL", pooledUrl(),
        "DIRECT_URL", directUrl(),
        "SESSION_URL", url(pooler(), databaseName() + "-session"));
  }

  /// Whether the address is one of those that apps have it by.
  public boolean isAt(String url) {
    return !isOutside() && config().values().stream().anyMatch(each -> each.matches(url));
  }

  /// By the pooler, transaction by transaction.
  public Secret pooledUrl() {
    return url(pooler(), databaseName());
  }

  /// Without the pooler.
  public Secret directUrl() {
    return outside == null ? url(server(), databaseName()) : outside.url();
  }

  private Secret url(String host, String database) {
    var login = login();
    return new Secret(
        "postgres://"
            + login.user()
            + ":"
            + login.password().reveal()
            + "@"
            + host
            + ":5432/"
            + database);
  }

  Database numbered(int its) {
    return new Database(
        id,
        addon,
        owner,
        name,
        plan,
        its,
        node,
        stage,
        problem,
        logins,
        outside,
        createdAt,
        destroyedAt,
        seats,
        standby);
  }

  Database at(Stage next, String said) {
    return new Database(
        id,
        addon,
        owner,
        name,
        plan,
        number,
        node,
        next,
        said,
        logins,
        outside,
        createdAt,
        destroyedAt,
        seats,
        standby);
  }

  Database of(PostgresPlan other) {
    return new Database(
        id,
        addon,
        owner,
        name,
        other,
        number,
        node,
        Stage.MAKING,
        "",
        logins,
        outside,
        createdAt,
        destroyedAt,
        seats,
        standby);
  }

  Database with(Login newest) {
    var more = new ArrayList<>(logins);
    more.add(newest);
    return letting(more);
  }

  Database letting(List<Login> in) {
    return new Database(
        id,
        addon,
        owner,
        name,
        plan,
        number,
        node,
        stage,
        problem,
        in,
        outside,
        createdAt,
        destroyedAt,
        seats,
        standby);
  }

  Database destroyed(Instant now) {
    return new Database(
        id,
        null,
        owner,
        name,
        plan,
        number,
        node,
        Stage.KEPT,
        "",
        logins,
        outside,
        createdAt,
        now,
        seats,
        standby == null ? null : standby.at(Standby.Stage.REMOVING, ""));
  }

  Database recovered(UUID newAddon, String newName, PostgresPlan newPlan) {
    return new Database(
        id,
        newAddon,
        owner,
        newName,
        newPlan,
        number,
        node,
        Stage.MAKING,
        "",
        logins,
        outside,
        createdAt,
        null,
        seats,
        standby);
  }

  /// The id of the node that has the pooler.
  public String poolerNode() {
    var its = seats.poolerNode();
    return its == null ? node : its;
  }

  /// Whether server and pooler are on one host.
  public boolean isPoolerBeside() {
    return poolerNode().equals(node);
  }

  /// Whether its standby is becoming its server.
  public boolean isTakenOver() {
    return standby != null && standby.isTakingOver();
  }

  Database having(@Nullable Standby its) {
    return moved(node, seats, its);
  }

  /// With the standby as its server, and the host of the one before as the standby's.
  ///
  /// @param withPooler whether the pooler comes along
  Database takenOver(boolean withPooler, Instant now) {
    var next = requireNonNull(standby);
    return moved(
        next.node(),
        seats.takenOver(node, next.node(), withPooler, now),
        next.changingPlaces(node));
  }

  /// With the pooler beside the server.
  Database withPoolerHere() {
    return moved(node, seats.poolerMoved(), standby);
  }

  private Database moved(String its, Seats now, @Nullable Standby follower) {
    return new Database(
        id,
        addon,
        owner,
        name,
        plan,
        number,
        its,
        stage,
        problem,
        logins,
        outside,
        createdAt,
        destroyedAt,
        now,
        follower);
  }
}
