package dev.slipway.install;

import dev.slipway.core.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What a new machine does by cloud-init when it starts for the first time: it takes a name, a user
/// for us, the host key by which we know it, and Docker Engine from its distribution.
///
/// The provider keeps this text, and the account's users may read it. So there is no join token in
/// it, and the host key is replaced as soon as we are there (decision 0035).
final class FirstBoot {
  /// Who logs in there.
  static final String USER = "slipway";

  /// Where the machine notes that it is done, with the exit status of what it did.
  static final String DONE = "/var/lib/slipway/first-boot";

  /// What it wrote while it did it.
  static final String LOG = "/var/log/slipway-first-boot.log";

  private static final String USER_DATA = "user-data";
  private static final String KEY = "first-key";
  private static final String LATER_KEY = "host-key.pub";

  private static final String TEXT =
      """
      #cloud-config
      hostname: <host>
      manage_etc_hosts: true
      users:
        - default
        - name: <user>
          gecos: Slipway
          shell: /bin/bash
          lock_passwd: true
          sudo: "ALL=(ALL) NOPASSWD:ALL"
          ssh_authorized_keys:
            - <login_key>
      ssh_deletekeys: true
      ssh_keys:
        ed25519_private: |
      <private_key>
        ed25519_public: <public_key>
      runcmd:
        - |
          {
            command -v dockerd || {
              export DEBIAN_FRONTEND=noninteractive LC_ALL=C
              apt-get update -q &&
                apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=300 \\
                  docker.io iptables ca-certificates
            }
          } ><log> 2>&1
          status=$?
          mkdir -p /var/lib/slipway
          echo $status ><done>
      """;

  private final Path directory;

  /// @param directory where all that is kept of the machine lies
  FirstBoot(Path directory) {
    this.directory = directory;
  }

  /// The text for cloud-init, the same each time.
  ///
  /// @param loginKey the public key that shall open the machine
  Secret userData(String host, String loginKey) {
    var file = directory.resolve(USER_DATA);
    if (!Files.exists(file)) {
      Home.writePrivate(file, text(host, loginKey));
    }
    return new Secret(read(file));
  }

  private String text(String host, String loginKey) {
    ensureKey(directory.resolve(KEY), host);
    return TEXT.replace("<host>", host)
        .replace("<user>", USER)
        .replace("<login_key>", loginKey.strip())
        .replace(
            "<private_key>", read(directory.resolve(KEY)).stripTrailing().indent(4).stripTrailing())
        .replace("<public_key>", publicKey())
        .replace("<log>", LOG)
        .replace("<done>", DONE);
  }

  private String publicKey() {
    return read(directory.resolve(KEY + ".pub")).strip();
  }

  /// The public keys by which the machine may be known now: the first, the later one, or both while
  /// the one takes the place of the other.
  List<String> hostKeys() {
    return Stream.of(KEY + ".pub", LATER_KEY)
        .map(directory::resolve)
        .filter(Files::exists)
        .map(file -> read(file).strip())
        .toList();
  }

  /// Keeps the public key that the machine made for itself.
  void learn(String key) {
    Home.writePrivate(directory.resolve(LATER_KEY), key + "\n");
  }

  /// Whether the machine may still have that key.
  boolean isPending() {
    return Files.exists(directory.resolve(USER_DATA));
  }

  /// The machine has another key now, and this is of no use any more.
  void forget() {
    try {
      for (var name : List.of(USER_DATA, KEY, KEY + ".pub")) {
        Files.deleteIfExists(directory.resolve(name));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Makes an SSH key for its owner's eyes only, where there is none.
  static void ensureKey(Path file, String comment) {
    if (Files.exists(file) && Files.exists(file.resolveSibling(file.getFileName() + ".pub"))) {
      return;
    }
    Home.makePrivate(java.util.Objects.requireNonNull(file.getParent()));
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var made =
        Commands.run(
            List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", "" + file));
    if (made.status() != 0) {
      throw new IllegalStateException("no key was made: " + made.tail());
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
