package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.provider.MachineOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Hosts that shall be there: NAME-1 to NAME-COUNT. Those that are there already count.
///
/// @param provider whose machines they are, such as `aws`
/// @param region where, or null for what environment or profile say
/// @param name what they are called, without their number
/// @param pool what they are for, or null for anything
/// @param labels for their nodes, beyond those of Slipway's own
public record HostOrder(
    String provider,
    @Nullable String region,
    MachineOrder machine,
    String name,
    int count,
    @Nullable String pool,
    Map<String, String> labels) {
  private static final Pattern NAME = Pattern.compile("[a-z]([a-z0-9-]{0,38}[a-z0-9])?");
  private static final int MOST = 50;
  private static final int LEAST_DISK = 8;

  /// Checks, and copies the labels.
  public HostOrder {
    labels = Map.copyOf(labels);
    if (!NAME.matcher(name).matches()) {
      throw wrong("'" + name + "' can't be a host's name", "small letters, digits and dashes");
    }
    if (count < 1 || count > MOST) {
      throw wrong("--count is a number from 1 to " + MOST, "it is how many hosts shall be there");
    }
    if (machine.diskGigabytes() < LEAST_DISK) {
      throw wrong("--disk is too small", "a host needs " + LEAST_DISK + " GB at the least");
    }
  }

  /// What hosts are called whose owner does not say.
  public static String usualName(@Nullable String pool, String type) {
    return pool != null ? pool : type.replace('.', '-');
  }

  /// The names of all of them.
  List<String> hosts() {
    return IntStream.rangeClosed(1, count).mapToObj(number -> name + "-" + number).toList();
  }

  /// The command that asks for them.
  String command(String where) {
    var words = new LinkedHashMap<String, String>();
    words.put("--provider", provider);
    words.put("--region", where);
    words.put("--type", machine.type());
    words.put("--count", "" + count);
    words.put("--name", name);
    if (pool != null) {
      words.put("--pool", pool);
    }
    if (machine.image() != null) {
      words.put("--image", machine.image());
    }
    if (machine.subnet() != null) {
      words.put("--subnet", machine.subnet());
    }
    words.put("--disk", "" + machine.diskGigabytes());
    var command = new StringBuilder("./slipway hosts create");
    words.forEach((option, value) -> command.append(' ').append(option).append(' ').append(value));
    labels.forEach(
        (key, value) -> command.append(" --label ").append(key).append('=').append(value));
    return command.toString();
  }

  private static UserError wrong(String what, String why) {
    return new UserError(new Problem(ErrorCode.INVALID_PARAMS, what, why, null));
  }
}
