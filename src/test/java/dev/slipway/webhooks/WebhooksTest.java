package dev.slipway.webhooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.accounts.Accounts;
import dev.slipway.apps.Apps;
import dev.slipway.core.AppId;
import dev.slipway.core.AppName;
import dev.slipway.core.Secret;
import dev.slipway.outbound.Outbound;
import dev.slipway.outbound.Targets;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import dev.slipway.testing.HttpReceiver;
import dev.slipway.webhooks.Delivery.Status;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Deliveries reach real receivers, whatever happens on the way.
@Timeout(60)
class WebhooksTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final RetrySchedule RETRIES =
      new RetrySchedule(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofSeconds(30));

  @TempDir Path home;
  private Store store;
  private Vault vault;
  private AppId app;
  private Outbound outbound;
  private Webhooks webhooks;

  @BeforeEach
  void open() {
    store = Store.open(home.resolve("control.db"));
    vault = Vault.open(home.resolve("keyset.json"));
    var owner = new Accounts(store, Clock.systemUTC()).ensure("a@example.com", new Secret("key"));
    app = new Apps(store, Clock.systemUTC()).create(new AppName("orders"), owner.id()).id();
    start();
  }

  @AfterEach
  void close() {
    stop();
    store.close();
  }

  private void start() {
    outbound = new Outbound(Targets.allowing("127.0.0.0/8, ::1"), null);
    webhooks = new Webhooks(store, vault, outbound, RETRIES, Clock.systemUTC());
    webhooks.start();
  }

  private void stop() {
    webhooks.close();
    outbound.close();
  }

  @Test
  void aTryThatBreaksInAnUnforeseenWayIsAFailedOne() throws Exception {
    try (var receiver = new HttpReceiver(null)) {
      add(receiver.url(), "sync");
      outbound.post(webhooks.list(app).getFirst().target(), Map.of(), new byte[0]);
      outbound.close(); // From here on its client throws what is no IOException.
      tell();
      await(() -> "InternalError".equals(error()));
      assertTrue(delivery().nextAttemptAt() != null);
      stop();
      start();
      await(() -> delivery().status() == Status.SUCCEEDED);
    }
  }

  @Test
  void aTryThatAStopBreaksOffIsMadeAgain() throws Exception {
    try (var receiver = new HttpReceiver(null)) {
      receiver.hang();
      add(receiver.url(), "notify");
      tell();
      await(() -> receiver.asked() == 1);
      stop();
      assertEquals(Status.SCHEDULED, delivery().status());
      assertNull(error());
      receiver.wake();
      start();
      await(() -> delivery().status() == Status.SUCCEEDED);
      assertEquals(2, receiver.asked());
    }
  }

  private void add(String url, String level) {
    webhooks.add(app, WebhookRequest.of(url, List.of("api:app"), level, null, null));
  }

  private void tell() {
    var actor = new NewEvent.Actor(UUID.randomUUID(), "a@example.com");
    webhooks.tell(new NewEvent(app, "api:app", "update", "app", actor, "{}", null));
  }

  private Delivery delivery() {
    return webhooks.deliveries(app).getFirst();
  }

  private @Nullable String error() {
    var attempt = delivery().lastAttempt();
    return attempt == null ? null : attempt.error();
  }

  private static void await(BooleanSupplier condition) throws Exception {
    var end = System.nanoTime() + SOON.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "not within " + SOON);
      Thread.sleep(20);
    }
  }
}
