package dev.slipway.redis;

import java.util.stream.Collectors;

/// Whom a server lets in, and what they may do: clients that bring one of its passwords, and all
/// but what would change the server itself, its files or who is let in.
final class AccessRules {
  private static final String MAY =
      "~* &* +@all -acl +acl|whoami -bgrewriteaof -bgsave -cluster -config +config|get"
          + " +config|resetstat -debug -failover -migrate -module -psync -replconf -replicaof"
          + " -save -shutdown -slaveof -sync";

  private AccessRules() {}

  /// A line as in the server's file of users; passwords are in it as hashes.
  static String of(Instance instance) {
    var hashes =
        instance.passwords().stream()
            .map(password -> "#" + password.hash())
            .collect(Collectors.joining(" "));
    return "user default on sanitize-payload " + hashes + " " + MAY + "\n";
  }
}
