package dev.slipway.redis;

import dev.slipway.core.AccountId;
import dev.slipway.core.Secret;
import dev.slipway.hosted.Hosted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A Redis: its server's data on one host's disk. It outlives its add-on by some days.
///
/// @param addon the add-on that it is, or null once that was destroyed
/// @param owner who had the add-on made
/// @param name the add-on's
/// @param number tells its address, and no other has it
/// @param node the id of the node that has its data
/// @param passwords who is let in, the newest last
/// @param destroyedAt when its add-on was destroyed, or null
public record Instance(
    UUID id,
    @Nullable UUID addon,
    AccountId owner,
    String name,
    RedisPlan plan,
    int number,
    String node,
    Stage stage,
    List<Password> passwords,
    InstanceSettings settings,
    Instant createdAt,
    @Nullable Instant destroyedAt)
    implements Hosted {
  /// Where it is in its life.
  public enum Stage {
    /// Its container is made.
    MAKING,
    /// It can be used.
    READY,
    /// Its add-on was destroyed: the server is stopped, the data is kept for a while.
    KEPT
  }

  private static final int TOKEN = 12;

  /// Copies the list.
  public Instance {
    passwords = List.copyOf(passwords);
  }

  /// The name of its container, by which dynos find it.
  public String server() {
    return "slipway-redis-" + id.toString().replace("-", "").substring(0, TOKEN);
  }

  /// The password that apps get.
  Password password() {
    return passwords.getLast();
  }

  /// How clients reach it, always encrypted.
  public Secret url() {
    return new Secret("rediss://:" + password().value().reveal() + "@" + server() + ":6379");
  }

  /// The config vars of apps that have it, by what comes after the attachment's name.
  Map<String, Secret> config() {
    return Map.of("URL", url());
  }

  Instance numbered(int its) {
    return new Instance(
        id,
        addon,
        owner,
        name,
        plan,
        its,
        node,
        stage,
        passwords,
        settings,
        createdAt,
        destroyedAt);
  }

  Instance at(Stage next) {
    return new Instance(
        id,
        addon,
        owner,
        name,
        plan,
        number,
        node,
        next,
        passwords,
        settings,
        createdAt,
        destroyedAt);
  }

  Instance of(RedisPlan other) {
    return new Instance(
        id,
        addon,
        owner,
        name,
        other,
        number,
        node,
        Stage.MAKING,
        passwords,
        settings,
        createdAt,
        destroyedAt);
  }

  Instance with(InstanceSettings others) {
    return new Instance(
        id,
        addon,
        owner,
        name,
        plan,
        number,
        node,
        stage,
        passwords,
        others,
        createdAt,
        destroyedAt);
  }

  Instance with(Password newest) {
    var more = new ArrayList<>(passwords);
    more.add(newest);
    return letting(more);
  }

  Instance letting(List<Password> in) {
    return new Instance(
        id, addon, owner, name, plan, number, node, stage, in, settings, createdAt, destroyedAt);
  }

  Instance destroyed(Instant now) {
    return new Instance(
        id, null, owner, name, plan, number, node, Stage.KEPT, passwords, settings, createdAt, now);
  }

  Instance recovered(UUID newAddon, String newName, RedisPlan newPlan) {
    return new Instance(
        id,
        newAddon,
        owner,
        newName,
        newPlan,
        number,
        node,
        Stage.MAKING,
        passwords,
        settings,
        createdAt,
        null);
  }
}
