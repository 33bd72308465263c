package dev.slipway.drains;

import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.observe.Logs;
import dev.slipway.outbound.Outbound;
import dev.slipway.outbound.Target;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Every log drain, with whatever sends to it. How far each drain has come is kept, so that the
/// next process goes on from there. Thread-safe.
public final class Drains implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Drains.class.getName());
  private static final Duration EACH = Duration.ofSeconds(1);
  private static final int MOST_OF_AN_APP = 10;

  private static final List<String> SCHEMES = List.of("https", "syslog+tls", "http", "syslog");

  private final Store store;
  private final Vault vault;
  private final Logs logs;
  private final Outbound outbound;
  private final Pauses pauses;
  private final Clock clock;
  private final Map<UUID, DrainSender> senders = new ConcurrentHashMap<>();
  private final Map<UUID, Long> saved = new HashMap<>();
  private @Nullable Thread keeper;

  /// Drains kept in the store, their URLs sealed by the vault.
  public Drains(Store store, Vault vault, Logs logs, Outbound outbound, Clock clock) {
    this(store, vault, logs, outbound, Pauses.STANDARD, clock);
  }

  Drains(Store store, Vault vault, Logs logs, Outbound outbound, Pauses pauses, Clock clock) {
    this.store = store;
    this.vault = vault;
    this.logs = logs;
    this.outbound = outbound;
    this.pauses = pauses;
    this.clock = clock;
  }

  /// Sends to all drains from now on, until closed.
  public void start() {
    followRows();
    keeper = Thread.ofVirtual().name("drain-keeper").start(this::keepForEver);
  }

  /// Adds a drain to an app: it gets the lines that come from now on.
  ///
  /// @throws UserError invalid_params, when the URL can't be used or is a drain already
  public Drain add(AppId app, String url) {
    var target = Target.parse(url, SCHEMES);
    outbound.targets().require(target);
    var position = logs.newest(app);
    var drain =
        new Drain(
            UUID.randomUUID(),
            app,
            target,
            "d." + UUID.randomUUID(),
            Instant.now(clock).truncatedTo(ChronoUnit.SECONDS));
    store.useTransaction(db -> {
      requireRoom(drain, list(db, app));
      db.createUpdate("INSERT INTO drains VALUES (:id, :app, :token, :url, :position, :now)")
          .bind("id", drain.id().toString())
          .bind("app", app.toString())
          .bind("token", drain.token())
          .bind("url", vault.seal(url, drain.id().toString()))
          .bind("position", position)
          .bind("now", drain.createdAt().toString())
          .execute();
    });
    followRows();
    return drain;
  }

  /// The app's drains, oldest first.
  public List<Drain> list(AppId app) {
    return store.read(db -> list(db, app));
  }

  /// The app's drain of that URL, id or token.
  ///
  /// @throws UserError not_found, when there is none
  public Drain get(AppId app, String key) {
    return list(app).stream()
        .filter(drain -> drain.isMeantBy(key))
        .findFirst()
        .orElseThrow(() ->
            new UserError(
                new Problem(
                    ErrorCode.NOT_FOUND,
                    "Couldn't find that drain.",
                    null,
                    "heroku drains lists URLs and tokens")));
  }

  /// Removes the app's drain of that URL, id or token. Lines that wait for it are given up.
  public Drain remove(AppId app, String key) {
    var drain = get(app, key);
    store.useTransaction(db ->
        db.createUpdate("DELETE FROM drains WHERE id = :id")
            .bind("id", drain.id().toString())
            .execute());
    followRows();
    return drain;
  }

  @Override
  public void close() {
    if (keeper != null) {
      keeper.interrupt();
    }
    senders.values().forEach(DrainSender::close);
    senders.values().forEach(DrainSender::awaitEnd);
    savePositions();
  }

  private void requireRoom(Drain drain, List<Drain> others) {
    if (others.stream().anyMatch(each -> each.target().equals(drain.target()))) {
      throw UserError.of(ErrorCode.INVALID_PARAMS, "Url has already been taken.");
    }
    if (others.size() >= MOST_OF_AN_APP) {
      throw UserError.of(
          ErrorCode.INVALID_PARAMS,
          "An app has " + MOST_OF_AN_APP + " drains at the most. Remove one: heroku drains:remove");
    }
  }

  private List<Drain> list(Handle db, AppId app) {
    return db.createQuery("SELECT * FROM drains WHERE app_id = :app ORDER BY created_at, rowid")
        .bind("app", app.toString())
        .map((row, context) -> drain(row))
        .list();
  }

  /// An app that is destroyed takes its drains with it, without a word to us.
  private void keepForEver() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        Thread.sleep(EACH);
        followRows();
        savePositions();
      } catch (InterruptedException closing) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "How far drains have come is kept later", e);
      }
    }
  }

  /// Has a sender for each drain that there is, and for no other.
  private synchronized void followRows() {
    var there =
        store.read(db ->
            db.createQuery("SELECT * FROM drains").map((row, context) -> sendingTo(row)).set());
    senders
        .values()
        .removeIf(sender -> {
          var gone = !there.contains(sender.drain().id());
          if (gone) {
            sender.close();
            saved.remove(sender.drain().id());
          }
          return gone;
        });
  }

  /// Opens a row only when its sender is missing.
  private UUID sendingTo(ResultSet row) throws SQLException {
    var id = UUID.fromString(row.getString("id"));
    if (!senders.containsKey(id)) {
      var position = row.getLong("position");
      var sender = new DrainSender(drain(row), position, logs, outbound, pauses, clock);
      senders.put(id, sender);
      saved.put(id, position);
      sender.start();
    }
    return id;
  }

  private synchronized void savePositions() {
    var changed = new HashMap<UUID, Long>();
    senders.forEach((id, sender) -> {
      if (!Long.valueOf(sender.position()).equals(saved.get(id))) {
        changed.put(id, sender.position());
      }
    });
    if (changed.isEmpty()) {
      return;
    }
    store.useTransaction(db ->
        changed.forEach((id, position) ->
            db.createUpdate("UPDATE drains SET position = :position WHERE id = :id")
                .bind("position", position)
                .bind("id", id.toString())
                .execute()));
    saved.putAll(changed);
  }

  private Drain drain(ResultSet row) throws SQLException {
    var id = row.getString("id");
    return new Drain(
        UUID.fromString(id),
        AppId.of(row.getString("app_id")),
        new Target(URI.create(vault.unseal(row.getBytes("url"), id))),
        row.getString("token"),
        Instant.parse(row.getString("created_at")));
  }
}
