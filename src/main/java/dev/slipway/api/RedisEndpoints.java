package dev.slipway.api;

import dev.slipway.addons.Addon;
import dev.slipway.addons.Addons;
import dev.slipway.apps.Apps;
import dev.slipway.redis.Backup;
import dev.slipway.redis.EvictionPolicy;
import dev.slipway.redis.Instance;
import dev.slipway.redis.InstanceSettings;
import dev.slipway.redis.Instances;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What the stock client asks Heroku's data API of Redis, and backups, of which it knows nothing.
final class RedisEndpoints {
  private static final String RESOURCE = "redis";
  private static final String INSTANCE = "/redis/v0/databases/{database}";

  private final Addons addons;
  private final AddonAccess access;
  private final Instances instances;

  RedisEndpoints(Addons addons, Apps apps, Instances instances) {
    this.addons = addons;
    this.access = new AddonAccess(addons, apps);
    this.instances = instances;
  }

  void mount(Routes routes) {
    routes.get(INSTANCE, RESOURCE, this::info);
    routes.get(INSTANCE + "/wait", RESOURCE, this::waitStatus);
    routes.get(INSTANCE + "/config", RESOURCE, this::settings);
    routes.patch(INSTANCE + "/config", RESOURCE, this::change);
    routes.post(INSTANCE + "/credentials_rotation", RESOURCE, this::rotate);
    routes.post(INSTANCE + "/stats/reset", RESOURCE, this::resetStatistics);
    routes.post(INSTANCE + "/upgrade", RESOURCE, this::upgrade);
    routes.get(INSTANCE + "/backups", RESOURCE, this::backups);
    routes.post(INSTANCE + "/backups", RESOURCE, this::backUp);
    routes.post(INSTANCE + "/backups/{backup}/restore", RESOURCE, this::restore);
    routes.get("/redis/v0/destroyed", RESOURCE, this::destroyed);
    routes.delete("/redis/v0/destroyed/{database}", RESOURCE, this::erase);
  }

  private Addon addon(Call call) {
    return access.addon(call, call.param("database"));
  }

  private void info(Call call) {
    var addon = addon(call);
    var instance = instances.of(addon);
    call.ok(
        Map.of(
            "info",
            lines(addon, instance),
            "resource_url",
            instance.url().reveal(),
            "name",
            addon.name(),
            "plan",
            instance.plan().label(),
            "host",
            instances.host(instance),
            "server",
            instance.server(),
            "prefer_native_tls",
            true));
  }

  private List<Map<String, Object>> lines(Addon addon, Instance instance) {
    var lines = new ArrayList<Map<String, Object>>();
    lines.add(line("Plan", instance.plan().label()));
    lines.add(line("Status", status(instance)));
    if (instance.stage() == Instance.Stage.READY) {
      lines.addAll(ofServer(addon, instance));
    }
    lines.add(line("Maxmemory", instance.settings().policy().label()));
    lines.add(line("Timeout", Integer.toString(instance.settings().idleSeconds())));
    lines.add(line("Keyspace Notifications", instance.settings().events()));
    lines.add(line("Persistence", "AOF, each second"));
    lines.add(line("HA Status", "Unavailable"));
    lines.add(line("Requires TLS", "Yes"));
    lines.add(line("Host", instances.host(instance)));
    lines.add(line("Created", instance.createdAt().toString()));
    return lines;
  }

  private List<Map<String, Object>> ofServer(Addon addon, Instance instance) {
    var said = instances.info(addon);
    var plan = instance.plan();
    return List.of(
        line("Version", said.version()),
        line("Memory", said.memory() + " of " + plan.megabytes() + "M"),
        line("Connections", said.clients() + " of " + plan.connections()),
        line("Hit Rate", said.hitRate()));
  }

  private static Map<String, Object> line(String name, String value) {
    return Map.of("name", name, "values", List.of(value));
  }

  private static String status(Instance instance) {
    return switch (instance.stage()) {
      case READY -> "Available";
      case MAKING -> "Preparing";
      case KEPT -> "Destroyed";
    };
  }

  private void waitStatus(Call call) {
    var stage = instances.find(addon(call)).map(Instance::stage);
    var ready = stage.equals(Optional.of(Instance.Stage.READY));
    call.ok(Map.of("waiting?", !ready, "message", ready ? "available" : "preparing"));
  }

  private void settings(Call call) {
    call.ok(view(instances.of(addon(call)).settings()));
  }

  private void change(Call call) {
    var body = call.body();
    var policy = body.optionalText("maxmemory_policy").map(EvictionPolicy::named);
    var seconds = body.optionalInteger("timeout");
    var events = body.optionalText("notify_keyspace_events");
    var changed =
        instances.change(
            addon(call),
            settings -> {
              var one = policy.map(settings::with).orElse(settings);
              var two = seconds.map(one::idlingFor).orElse(one);
              return events.map(two::publishing).orElse(two);
            });
    call.ok(view(changed));
  }

  private static Map<String, Object> view(InstanceSettings settings) {
    var policies =
        Arrays.stream(EvictionPolicy.values())
            .collect(Collectors.toMap(EvictionPolicy::label, EvictionPolicy::meaning));
    return Map.of(
        "maxmemory_policy",
        Map.of("value", settings.policy().label(), "values", policies),
        "timeout",
        Map.of("value", settings.idleSeconds()),
        "notify_keyspace_events",
        Map.of("value", settings.events()));
  }

  private void rotate(Call call) {
    instances.rotate(addon(call), addons, call.account().id());
    call.ok(Map.of("message", "The credentials were rotated."));
  }

  private void resetStatistics(Call call) {
    instances.resetStatistics(addon(call));
    call.ok(Map.of("message", "Stats reset successful."));
  }

  private void upgrade(Call call) {
    var version = instances.info(addon(call)).version();
    throw Body.invalid("There is one version here, " + version + ".");
  }

  private void backups(Call call) {
    call.ok(instances.backups(addon(call)).stream().map(RedisEndpoints::view).toList());
  }

  private void backUp(Call call) {
    call.created(view(instances.backUp(addon(call))));
  }

  private void restore(Call call) {
    call.ok(view(instances.restore(addon(call), call.param("backup"))));
  }

  private static Map<String, Object> view(Backup backup) {
    return Map.of(
        "name", backup.name(), "bytes", backup.bytes(), "created_at", backup.madeAt().toString());
  }

  private void destroyed(Call call) {
    call.ok(
        instances.destroyed(call.account().id()).stream()
            .map(each ->
                Map.of(
                    "id", each.id(),
                    "name", each.name(),
                    "plan", each.plan().label(),
                    "host", instances.host(each),
                    "kept_until", each.keptUntil().toString()))
            .toList());
  }

  private void erase(Call call) {
    instances.erase(call.account().id(), call.param("database"));
    call.ok(Map.of("message", "It is deleted now."));
  }
}
