package dev.slipway.install;

import dev.slipway.core.Secret;
import dev.slipway.safekeeping.Copies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.UUID;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/// The installation's own secrets: made once, kept in files that root alone reads.
final class Secrets {
  static final String API_KEY = "api-key";
  static final String REGISTRY_PASSWORD = "registry-password";
  static final String ROUTER_TOKEN = "router-token";
  static final String BACKUP_KEY = "backup-key";

  /// The registry hashes the password at each request; a long random one needs no costly hash.
  private static final int BCRYPT_COST = 4;

  private final Home home;
  private final SecureRandom random = new SecureRandom();

  Secrets(Home home) {
    this.home = home;
  }

  /// Makes those that are missing.
  String ensure() {
    var made = 0;
    made += ensure(home.secret(API_KEY), UUID.randomUUID().toString());
    made += ensure(home.secret(REGISTRY_PASSWORD), token());
    made += ensure(home.secret(ROUTER_TOKEN), token());
    made += ensure(home.secret(BACKUP_KEY), token());
    made += ensure(Copies.keyFile(home.directory()), token());
    ensure(home.router("id"), UUID.randomUUID().toString());
    var token = routerToken(read(home.router("id"))).reveal();
    if (!Files.exists(home.router("token")) || !read(home.router("token")).equals(token)) {
      Home.writePrivate(home.router("token"), token + "\n");
    }
    if (!Files.exists(home.registry("htpasswd"))) {
      Home.writePublic(home.registry("htpasswd"), htpasswd() + "\n");
      Home.open(home.registry(""));
    }
    return made == 0 ? "there already" : "made";
  }

  /// The token by which control knows the router of that id.
  Secret routerToken(String id) {
    return new Secret(read(home.secret(ROUTER_TOKEN))).derive(id);
  }

  private int ensure(Path file, String value) {
    if (Files.exists(file)) {
      return 0;
    }
    Home.writePrivate(file, value + "\n");
    return 1;
  }

  private String htpasswd() {
    var password = read(home.secret(REGISTRY_PASSWORD)).toCharArray();
    return "slipway:" + OpenBSDBCrypt.generate("2y", password, bytes(16), BCRYPT_COST);
  }

  private String token() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(24));
  }

  private byte[] bytes(int count) {
    var bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
