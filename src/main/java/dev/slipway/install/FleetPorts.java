package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.Containers;
import dev.slipway.engine.DockerException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/// The ports by which the hosts' engines reach each other. Each host's wall keeps them closed to
/// everybody who is not in the Swarm.
final class FleetPorts {
  private static final String WALL = SystemParts.container("wall");

  /// A shell's command that opens them to everybody, for a host whose wall is gone.
  static final String OPEN =
      "docker run --rm --pull never --network host --cap-drop ALL --cap-add NET_ADMIN"
          + " --entrypoint nft slipway-wall delete table inet slipway >/dev/null 2>&1 || true\n";

  private FleetPorts() {}

  /// Lets in a machine that the Swarm does not name yet, for as long as a join takes.
  ///
  /// @param manager containers of the manager that it joins by
  /// @throws UserError when the manager's wall does not do it
  static void admit(Containers manager, String address) {
    var said = new ArrayList<String>();
    var command = List.of("slipway-ports", "admit", address);
    try {
      if (manager.execute(WALL, command, InputStream.nullInputStream(), said::add) == 0) {
        return;
      }
    } catch (DockerException e) {
      said.add(String.valueOf(e.getMessage()));
    }
    throw new UserError(
        new Problem(
            ErrorCode.UNAVAILABLE,
            "The wall of this machine does not let " + address + " in",
            String.join("\n", said),
            "./slipway up brings the wall up to date; then run this again."));
  }
}
