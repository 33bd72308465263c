package dev.slipway.api;

import dev.slipway.api.model.Reference;
import dev.slipway.api.model.WebhookDeliveryView;
import dev.slipway.api.model.WebhookEventView;
import dev.slipway.api.model.WebhookView;
import dev.slipway.apps.App;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import dev.slipway.webhooks.Delivery;
import dev.slipway.webhooks.Event;
import dev.slipway.webhooks.Webhook;
import dev.slipway.webhooks.WebhookRequest;
import dev.slipway.webhooks.Webhooks;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// An app's webhooks, and what became of their events.
final class WebhookEndpoints {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// The one answer that shows the secret.
  private static final String SECRET_HEADER = "Heroku-Webhook-Secret";

  private final Webhooks webhooks;

  WebhookEndpoints(Webhooks webhooks) {
    this.webhooks = webhooks;
  }

  void mount(Routes routes) {
    routes.get("/apps/{app}/webhooks", "app_webhook", this::list);
    routes.post("/apps/{app}/webhooks", "app_webhook", this::add);
    routes.get("/apps/{app}/webhooks/{id}", "app_webhook", this::show);
    routes.patch("/apps/{app}/webhooks/{id}", "app_webhook", this::update);
    routes.delete("/apps/{app}/webhooks/{id}", "app_webhook", this::remove);
    routes.get("/apps/{app}/webhook-deliveries", "app_webhook_delivery", this::deliveries);
    routes.get("/apps/{app}/webhook-deliveries/{id}", "app_webhook_delivery", this::delivery);
    routes.get("/apps/{app}/webhook-events", "app_webhook_event", this::events);
    routes.get("/apps/{app}/webhook-events/{id}", "app_webhook_event", this::event);
  }

  private void list(Call call) {
    var app = call.app();
    call.page(
        Listing.by(webhooks.list(app.id()), "id", (Webhook webhook) -> webhook.id().toString()),
        webhook -> view(app, webhook));
  }

  private void add(Call call) {
    var app = call.app();
    var webhook = webhooks.add(app.id(), request(call.body()));
    call.answerHeader(SECRET_HEADER, webhook.secret().reveal());
    call.created(view(app, webhook));
  }

  private void show(Call call) {
    var app = call.app();
    call.ok(view(app, webhooks.get(app.id(), call.param("id"))));
  }

  private void update(Call call) {
    var app = call.app();
    call.ok(view(app, webhooks.update(app.id(), call.param("id"), request(call.body()))));
  }

  private void remove(Call call) {
    var app = call.app();
    call.ok(view(app, webhooks.remove(app.id(), call.param("id"))));
  }

  private void deliveries(Call call) {
    var status = call.query("eq[status]");
    requireStatus(status);
    var rows =
        webhooks.deliveries(call.app().id()).stream()
            .filter(delivery -> status == null || delivery.status().label().equals(status))
            .toList();
    call.page(bySequence(rows, Delivery::sequence), WebhookEndpoints::view);
  }

  private void delivery(Call call) {
    call.ok(
        view(
            one(
                webhooks.deliveries(call.app().id()),
                each -> each.id().toString(),
                call.param("id"),
                "delivery")));
  }

  private void events(Call call) {
    call.page(
        bySequence(webhooks.events(call.app().id()), Event::sequence), WebhookEndpoints::view);
  }

  private void event(Call call) {
    call.ok(
        view(
            one(
                webhooks.events(call.app().id()),
                each -> each.id().toString(),
                call.param("id"),
                "event")));
  }

  private static WebhookRequest request(Body body) {
    return WebhookRequest.of(
        body.optionalText("url").orElse(null),
        body.optionalTexts("include").orElse(null),
        body.optionalText("level").orElse(null),
        body.optionalText("secret").orElse(null),
        body.optionalText("authorization").orElse(null));
  }

  private static void requireStatus(@Nullable String status) {
    var known = Arrays.stream(Delivery.Status.values()).map(Delivery.Status::label).toList();
    if (status != null && !known.contains(status)) {
      throw Body.invalid("There is no such status. Try one of " + String.join(", ", known) + ".");
    }
  }

  private static <T> Listing<T> bySequence(List<T> rows, Function<T, Long> sequence) {
    return Listing.by(rows, "seq", row -> Long.toString(sequence.apply(row)));
  }

  private static <T> T one(List<T> rows, Function<T, String> id, String asked, String what) {
    return rows.stream()
        .filter(row -> id.apply(row).equals(asked))
        .findFirst()
        .orElseThrow(
            () -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that webhook " + what + "."));
  }

  private static WebhookView view(App app, Webhook webhook) {
    return new WebhookView(
        new Reference(app.id().value(), app.name().value()),
        webhook.createdAt(),
        webhook.id(),
        webhook.include(),
        webhook.level().label(),
        webhook.updatedAt(),
        webhook.target().url().toString());
  }

  private static WebhookDeliveryView view(Delivery delivery) {
    var last = delivery.lastAttempt();
    return new WebhookDeliveryView(
        Views.seconds(delivery.createdAt()),
        new WebhookDeliveryView.EventReference(delivery.event(), delivery.include()),
        delivery.id(),
        delivery.attempts(),
        delivery.nextAttemptAt() == null ? null : Views.seconds(delivery.nextAttemptAt()),
        last == null ? null : view(last),
        delivery.status().label(),
        Views.seconds(delivery.updatedAt()),
        new WebhookDeliveryView.WebhookReference(delivery.webhook(), delivery.level().label()));
  }

  private static WebhookDeliveryView.Attempt view(Delivery.Attempt attempt) {
    var status =
        attempt.succeeded()
            ? "succeeded"
            : attempt.code() == null && attempt.error() == null ? "scheduled" : "failed";
    return new WebhookDeliveryView.Attempt(
        attempt.id(),
        attempt.code(),
        attempt.error(),
        status,
        Views.seconds(attempt.at()),
        Views.seconds(attempt.at()));
  }

  private static WebhookEventView view(Event event) {
    return new WebhookEventView(
        Views.seconds(event.createdAt()),
        event.id(),
        event.include(),
        JSON.readTree(event.payload()),
        Views.seconds(event.createdAt()));
  }
}
