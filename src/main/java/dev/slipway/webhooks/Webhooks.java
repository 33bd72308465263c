package dev.slipway.webhooks;

import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.outbound.Outbound;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Every webhook, with what is told to it. An event is on disk with all its deliveries before the
/// first of them is tried, so that a restart loses none. Thread-safe.
public final class Webhooks implements AutoCloseable {
  /// So long, and so many of an app, events and deliveries are kept.
  static final Duration KEPT = Duration.ofDays(30);

  static final int MOST_EVENTS = 1000;

  private static final int MOST_OF_AN_APP = 20;
  private static final int SECRET_BYTES = 32;

  private final Store store;
  private final WebhookStore rows;
  private final Outbound outbound;
  private final Clock clock;
  private final Dispatcher dispatcher;

  /// Webhooks kept in the store, their secrets sealed by the vault.
  public Webhooks(Store store, Vault vault, Outbound outbound, RetrySchedule retries, Clock clock) {
    this.store = store;
    this.rows = new WebhookStore(store, vault);
    this.outbound = outbound;
    this.clock = clock;
    this.dispatcher = new Dispatcher(rows, outbound, retries, clock);
  }

  /// Delivers from now on, until closed, and first what an earlier process left.
  public void start() {
    dispatcher.start();
  }

  /// Adds a webhook, with a secret of ours when it has none.
  ///
  /// @throws UserError invalid_params, when something is missing, or its URL can't be used
  public Webhook add(AppId app, WebhookRequest request) {
    var target = required("url", request.target());
    outbound.targets().require(target);
    var now = now();
    var webhook =
        new Webhook(
            UUID.randomUUID(),
            app,
            target,
            required("include", request.include()),
            required("level", request.level()),
            request.secret() == null ? Secret.random(SECRET_BYTES) : request.secret(),
            request.authorization(),
            now,
            now);
    store.useTransaction(db -> {
      if (rows.webhooks(db, app).size() >= MOST_OF_AN_APP) {
        throw UserError.of(
            ErrorCode.INVALID_PARAMS,
            "An app has "
                + MOST_OF_AN_APP
                + " webhooks at the most. Remove one: heroku webhooks:remove");
      }
      rows.put(db, webhook);
    });
    return webhook;
  }

  /// Changes what the request names.
  public Webhook update(AppId app, String id, WebhookRequest request) {
    if (request.target() != null) {
      outbound.targets().require(request.target());
    }
    return store.inTransaction(db -> {
      var webhook = find(rows.webhooks(db, app), id);
      var changed =
          new Webhook(
              webhook.id(),
              app,
              or(request.target(), webhook.target()),
              or(request.include(), webhook.include()),
              or(request.level(), webhook.level()),
              or(request.secret(), webhook.secret()),
              request.authorization() == null ? webhook.authorization() : request.authorization(),
              webhook.createdAt(),
              now());
      rows.put(db, changed);
      return changed;
    });
  }

  /// The app's webhooks, oldest first.
  public List<Webhook> list(AppId app) {
    return store.read(db -> rows.webhooks(db, app));
  }

  /// The app's webhook of that id.
  ///
  /// @throws UserError not_found, when there is none
  public Webhook get(AppId app, String id) {
    return find(list(app), id);
  }

  /// Removes it, with what is still to be delivered to it.
  public Webhook remove(AppId app, String id) {
    var webhook = get(app, id);
    rows.delete(webhook.id());
    return webhook;
  }

  /// Keeps an event for the webhooks that want it, and has it delivered.
  public void tell(NewEvent event) {
    var told =
        store.inTransaction(db -> {
          var wanting =
              rows.webhooks(db, event.app()).stream()
                  .filter(webhook -> webhook.wants(event.include()))
                  .toList();
          if (!wanting.isEmpty()) {
            rows.addEvent(db, event, wanting, clock.instant().truncatedTo(ChronoUnit.MILLIS));
          }
          return !wanting.isEmpty();
        });
    if (told) {
      dispatcher.wake();
    }
  }

  /// The app's events that a webhook wanted, oldest first.
  public List<Event> events(AppId app) {
    return rows.events(app);
  }

  /// The app's deliveries, oldest first.
  public List<Delivery> deliveries(AppId app) {
    return rows.deliveries(app);
  }

  @Override
  public void close() {
    dispatcher.close();
  }

  private static Webhook find(List<Webhook> webhooks, String id) {
    return webhooks.stream()
        .filter(webhook -> webhook.id().toString().equals(id))
        .findFirst()
        .orElseThrow(() ->
            new UserError(
                new Problem(
                    ErrorCode.NOT_FOUND,
                    "Couldn't find that webhook.",
                    null,
                    "heroku webhooks lists them")));
  }

  private static <T> T required(String field, @Nullable T value) {
    if (value == null) {
      throw UserError.of(ErrorCode.INVALID_PARAMS, "Missing " + field + ".");
    }
    return value;
  }

  private static <T> T or(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }

  private Instant now() {
    return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS);
  }
}
