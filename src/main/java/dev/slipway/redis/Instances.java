package dev.slipway.redis;

import dev.slipway.addons.Addon;
import dev.slipway.addons.Addons;
import dev.slipway.addons.Provider;
import dev.slipway.core.AccountId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.hosted.Credentials;
import dev.slipway.hosted.Kept;
import dev.slipway.hosted.Rounds;
import dev.slipway.hosted.Turns;
import dev.slipway.release.Releases;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Every Redis, and what can be asked of it beyond what its add-on can. Thread-safe.
public final class Instances implements AutoCloseable {
  private final InstanceStore rows;
  private final InstanceServers servers;
  private final Turns<Instance> turns;
  private final Kept<Instance> kept;
  private final Clock clock;
  private @Nullable Rounds rounds;

  /// Instances of these rows, in containers.
  public Instances(InstanceStore rows, DockerInstances servers, Clock clock) {
    this(rows, (InstanceServers) servers, clock);
  }

  Instances(InstanceStore rows, InstanceServers servers, Clock clock) {
    this.rows = rows;
    this.servers = servers;
    this.turns = new Turns<>(rows::find, rows::update);
    this.kept = new Kept<>(rows::all, turns);
    this.clock = clock;
  }

  /// What provides them as add-ons.
  public Provider provider() {
    return new RedisProvider(rows, servers, turns, kept, clock);
  }

  /// Brings about what is written down, from now on.
  ///
  /// @param fence throws where another control has taken over
  public void start(Addons addons, Releases releases, Runnable fence) {
    var keeper = new Keeper(rows, servers, turns, new Credentials(addons, releases), clock);
    rounds = new Rounds("Redis", keeper, fence, clock);
    rounds.start();
  }

  @Override
  public void close() {
    if (rounds != null) {
      rounds.close();
    }
  }

  /// The instance of the add-on.
  ///
  /// @throws UserError not_found, when it has none
  public Instance of(Addon addon) {
    return find(addon).orElseThrow(Instances::none);
  }

  /// The instance of the add-on, once there is one.
  public Optional<Instance> find(Addon addon) {
    return rows.ofAddon(addon.id());
  }

  /// The name of the host that has the instance.
  public String host(Instance instance) {
    return servers.hostName(instance.node());
  }

  /// The instances that were destroyed and can still be recovered, the last one first.
  public List<Instance> destroyed(AccountId owner) {
    return kept.of(owner);
  }

  /// Has a destroyed instance's data deleted now.
  ///
  /// @throws UserError not_found, when the account has none such
  public void erase(AccountId owner, String called) {
    if (kept.change(owner, called, instance -> instance.destroyed(Instant.EPOCH)).isEmpty()) {
      throw none();
    }
  }

  /// Lets in another password, and gives the apps that instead of the one before, each by a
  /// release. The one before is let in for as long as a dyno may have it.
  public void rotate(Addon addon, Addons addons, AccountId by) {
    inTurn(addon, instance -> ensured(instance.with(Password.create(now()))));
    addons.refresh(addon, by);
  }

  /// Changes settings while the server runs; they outlive it.
  ///
  /// @throws UserError when a value can't be
  public InstanceSettings change(Addon addon, UnaryOperator<InstanceSettings> change) {
    return inTurn(addon, instance -> ensured(instance.with(change.apply(instance.settings()))))
        .settings();
  }

  /// Written down last, so that whatever a row says is so, wherever this is broken off.
  private Instance ensured(Instance next) {
    servers.ensure(next);
    rows.update(next);
    return next;
  }

  /// How the server does, as it says itself.
  public ServerInfo info(Addon addon) {
    return ServerInfo.parse(servers.command(ready(addon), "INFO"));
  }

  /// Has the server count anew.
  public void resetStatistics(Addon addon) {
    servers.command(ready(addon), "CONFIG RESETSTAT");
  }

  /// Writes a backup now.
  public Backup backUp(Addon addon) {
    return inTurn(addon, servers::backUp);
  }

  /// The backups that there are, the newest first.
  public List<Backup> backups(Addon addon) {
    return servers.backups(ready(addon));
  }

  /// Replaces the data by a backup's; what was there is backed up first. Clients are sent away for
  /// a moment.
  ///
  /// @return the backup of what was there
  /// @throws UserError when there is no such backup, or it is damaged
  public Backup restore(Addon addon, String name) {
    return inTurn(addon, instance -> restore(instance, name));
  }

  private Backup restore(Instance instance, String name) {
    var backup =
        servers.backups(instance).stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that backup."));
    return servers.restore(instance, backup);
  }

  private <T> T inTurn(Addon addon, Function<Instance, T> work) {
    return turns.take(ready(addon).id(), work).orElseThrow(Instances::none);
  }

  private Instance ready(Addon addon) {
    var instance = of(addon);
    if (instance.stage() != Instance.Stage.READY) {
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              addon.name() + " can't be used yet",
              null,
              "heroku redis:wait waits for it"));
    }
    return instance;
  }

  private static UserError none() {
    return UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that Redis.");
  }

  private Instant now() {
    return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS);
  }
}
