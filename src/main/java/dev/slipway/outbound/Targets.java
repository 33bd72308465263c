package dev.slipway.outbound;

import dev.slipway.core.UserError;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Which addresses users may have things sent to, or fetched from: public ones, encrypted, and
/// whatever else the installation allows. The rest (this machine, its private networks, a cloud's
/// metadata service) must not be reached from outside by way of control. Thread-safe.
///
/// Source of the blocks: the IANA special-purpose address registries for IPv4 and IPv6.
public final class Targets {
  /// The variable of control's environment that allows more.
  public static final String SETTING = "SLIPWAY_PRIVATE_TARGETS";

  /// What to do about a target that is refused.
  public static final String HINT =
      "Whoever runs this installation can allow it: a line "
          + SETTING
          + "=ADDRESSES in /var/lib/slipway/control.env, then ./slipway up";

  private static final Duration LONGEST_LOOKUP = Duration.ofSeconds(5);

  private static final List<AddressBlock> NOT_PUBLIC =
      blocks(
          "0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12,"
              + " 192.0.0.0/24, 192.0.2.0/24, 192.88.99.0/24, 192.168.0.0/16, 198.18.0.0/15,"
              + " 198.51.100.0/24, 203.0.113.0/24, 224.0.0.0/4, 240.0.0.0/4, ::/96, 64:ff9b::/96,"
              + " 64:ff9b:1::/48, 100::/64, 2001::/23, 2001:db8::/32, 2002::/16, 5f00::/16,"
              + " fc00::/7, fe80::/10, fec0::/10, ff00::/8");

  private final List<AddressBlock> allowed;
  private final ExecutorService lookups = Executors.newVirtualThreadPerTaskExecutor();

  private Targets(List<AddressBlock> allowed) {
    this.allowed = allowed;
  }

  /// Public targets, and those in the blocks of a list such as `10.1.0.0/16,127.0.0.1`.
  ///
  /// @throws IllegalArgumentException when the list can't be read
  public static Targets allowing(String list) {
    return new Targets(blocks(list));
  }

  /// Refuses what may not be sent to. A name that has no address now may have one later, and is
  /// looked up again for each connection.
  ///
  /// @throws UserError invalid_params
  public void require(Target target) {
    try {
      addresses(target.host(), target.encrypted());
    } catch (TargetRefused e) {
      throw Target.refused("Nothing can be sent to " + target, e.why(), HINT);
    } catch (UnknownHostException unknownYet) {
      // It is refused, and tried again, when there is something to send.
    }
  }

  /// The addresses to connect to.
  ///
  /// @throws TargetRefused when one of them may not be reached
  /// @throws UnknownHostException when there is none
  InetAddress[] addresses(String host, boolean encrypted) throws UnknownHostException {
    var addresses = lookUp(host);
    for (var address : addresses) {
      var extra = allowed.stream().anyMatch(block -> block.contains(address));
      if (!extra && NOT_PUBLIC.stream().anyMatch(block -> block.contains(address))) {
        throw new TargetRefused(
            "its address " + address.getHostAddress() + " is private to this machine or network");
      }
      if (!extra && !encrypted) {
        throw new TargetRefused("it is public, and without TLS everyone on the way could read it");
      }
    }
    return addresses;
  }

  /// A name server that does not answer must not hold its asker for long.
  private InetAddress[] lookUp(String host) throws UnknownHostException {
    var lookup = new CompletableFuture<InetAddress[]>();
    lookups.execute(() -> {
      try {
        lookup.complete(InetAddress.getAllByName(host));
      } catch (UnknownHostException | RuntimeException e) {
        lookup.completeExceptionally(e);
      }
    });
    try {
      return lookup.get(LONGEST_LOOKUP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new UnknownHostException("the name " + host + " has no address");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnknownHostException("the look-up of " + host + " was broken off");
    }
  }

  private static List<AddressBlock> blocks(String list) {
    return Arrays.stream(list.split(",", -1))
        .map(String::strip)
        .filter(each -> !each.isEmpty())
        .map(AddressBlock::parse)
        .toList();
  }
}
