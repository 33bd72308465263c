package dev.slipway.faults;

import dev.slipway.faults.SlipwayCommandLine.Ended;
import dev.slipway.testing.S3StandIn;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// A stand-in for a store that containers of this machine reach, too.
///
/// @param directory where it keeps all
record ReachableStore(Path directory, S3StandIn standIn) implements AutoCloseable {
  static ReachableStore start(Path directory) throws IOException {
    var store = new ReachableStore(directory, S3StandIn.start(directory, addressForContainers()));
    Files.writeString(store.authority(), store.standIn.authority());
    return store;
  }

  /// Of this machine, where containers reach it.
  private static String addressForContainers() throws IOException {
    return NetworkInterface.getByName("docker_gwbridge")
        .inetAddresses()
        .filter(Inet4Address.class::isInstance)
        .findFirst()
        .orElseThrow()
        .getHostAddress();
  }

  /// Has something kept in it.
  ///
  /// @param what `images` or `backups`
  Ended use(String what, String secret) {
    return SlipwayCommandLine.run(
        Map.of("AWS_ACCESS_KEY_ID", standIn.key().id(), "AWS_SECRET_ACCESS_KEY", secret),
        "store",
        standIn.place("fleet").url(),
        "--endpoint",
        standIn.endpoint().toString(),
        "--authority",
        authority().toString(),
        "--for",
        what);
  }

  /// How many objects there are whose names begin so.
  long objects(String beginning) throws IOException {
    var below = standIn.objects().resolve("fleet").resolve(beginning);
    if (!Files.exists(below)) {
      return 0;
    }
    try (var all = Files.walk(below)) {
      return all.filter(Files::isRegularFile).count();
    }
  }

  private Path authority() {
    return directory.resolve("authority.pem");
  }

  @Override
  public void close() {
    standIn.close();
  }
}
