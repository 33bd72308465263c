package dev.slipway.webhooks;

import dev.slipway.core.Secret;
import dev.slipway.outbound.Failure;
import dev.slipway.outbound.Outbound;
import dev.slipway.webhooks.Delivery.Attempt;
import dev.slipway.webhooks.Delivery.Status;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Makes one try of a delivery, and notes what it came to.
///
/// Source: Heroku's "App Webhooks" for headers and body.
final class Attempts {
  private static final String SIGNATURE = "HmacSHA256";
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Logger LOG = System.getLogger(Attempts.class.getName());

  private final WebhookStore rows;
  private final Outbound outbound;
  private final RetrySchedule retries;
  private final Clock clock;
  private volatile boolean closing;

  Attempts(WebhookStore rows, Outbound outbound, RetrySchedule retries, Clock clock) {
    this.rows = rows;
    this.outbound = outbound;
    this.retries = retries;
    this.clock = clock;
  }

  /// Tries it, unless that was done since it was read.
  void run(Delivery delivery) {
    if (!rows.delivery(delivery.id()).equals(Optional.of(delivery))) {
      return;
    }
    var webhook = rows.webhook(delivery.webhook());
    var event = rows.event(delivery.event());
    if (webhook.isEmpty() || event.isEmpty()) {
      return; // It was removed meanwhile, and the delivery with it.
    }
    var begun = begin(delivery);
    var attempt = attempt(webhook.get(), event.get(), begun);
    if (attempt.succeeded()) {
      rows.update(ended(begun, attempt, Status.SUCCEEDED));
    } else if (!closing) {
      rows.update(failed(begun, attempt));
    }
  }

  /// From now on a try that fails may have been broken off by us: it stays due, and the next
  /// process makes it again.
  void close() {
    closing = true;
  }

  /// Its next time stays what it was, so that a process that dies now leaves it due.
  private Delivery begin(Delivery delivery) {
    var attempt = new Attempt(UUID.randomUUID(), null, null, now());
    var begun =
        with(
            delivery, Status.SCHEDULED, delivery.attempts() + 1, delivery.nextAttemptAt(), attempt);
    rows.update(begun);
    return begun;
  }

  private Attempt attempt(Webhook webhook, Event event, Delivery delivery) {
    var begun = delivery.lastAttempt();
    var id = begun == null ? UUID.randomUUID() : begun.id();
    try {
      var status = post(webhook, event, delivery, id);
      return new Attempt(id, status, status / 100 == 2 ? null : "HttpStatus", now());
    } catch (IOException e) {
      return new Attempt(id, null, Failure.of(e).kind(), now());
    } catch (RuntimeException e) {
      LOG.log(Logger.Level.WARNING, "A try of delivery " + delivery.id() + " broke", e);
      return new Attempt(id, null, "InternalError", now());
    }
  }

  private int post(Webhook webhook, Event event, Delivery delivery, UUID id) throws IOException {
    var body = body(webhook, event, delivery, id);
    var headers = new TreeMap<String, String>();
    headers.put("Content-Type", "application/json");
    headers.put("Heroku-Webhook-Hmac-SHA256", sign(body, webhook.secret()));
    if (webhook.authorization() != null) {
      headers.put("Authorization", webhook.authorization().reveal());
    }
    return outbound.post(webhook.target(), headers, body);
  }

  private Delivery failed(Delivery delivery, Attempt attempt) {
    var next =
        delivery.level() == Level.SYNC
            ? retries.next(delivery.attempts(), delivery.createdAt(), now()).orElse(null)
            : null;
    return next == null
        ? ended(delivery, attempt, Status.FAILED)
        : with(delivery, Status.RETRYING, delivery.attempts(), next, attempt);
  }

  private Delivery ended(Delivery delivery, Attempt attempt, Status status) {
    return with(delivery, status, delivery.attempts(), null, attempt);
  }

  private Delivery with(
      Delivery delivery, Status status, int attempts, @Nullable Instant next, Attempt attempt) {
    return new Delivery(
        delivery.id(),
        delivery.sequence(),
        delivery.webhook(),
        delivery.level(),
        delivery.event(),
        delivery.include(),
        status,
        attempts,
        next,
        attempt,
        delivery.createdAt(),
        now());
  }

  private static byte[] body(Webhook webhook, Event event, Delivery delivery, UUID attempt) {
    var body = (ObjectNode) JSON.readTree(event.payload());
    var metadata = body.putObject("webhook_metadata");
    metadata.putObject("attempt").put("id", attempt.toString());
    metadata.putObject("delivery").put("id", delivery.id().toString());
    metadata.putObject("event").put("id", event.id().toString()).put("include", event.include());
    metadata.putObject("webhook").put("id", webhook.id().toString());
    return JSON.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
  }

  private static String sign(byte[] body, Secret secret) {
    try {
      var mac = Mac.getInstance(SIGNATURE);
      mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), SIGNATURE));
      return Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
