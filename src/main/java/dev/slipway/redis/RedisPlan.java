package dev.slipway.redis;

import dev.slipway.addons.Plan;
import java.util.Arrays;
import java.util.List;

/// How much an instance may hold, and for how many clients. Names and sizes are Heroku's.
public enum RedisPlan {
  /// The plan when nobody says.
  MINI("mini", "Mini", 25, 20),
  /// The smallest for production.
  PREMIUM_0("premium-0", "Premium 0", 50, 40),
  /// Twice that.
  PREMIUM_1("premium-1", "Premium 1", 100, 80),
  /// More of it.
  PREMIUM_2("premium-2", "Premium 2", 250, 200),
  /// More of it.
  PREMIUM_3("premium-3", "Premium 3", 500, 400),
  /// A gigabyte.
  PREMIUM_5("premium-5", "Premium 5", 1024, 1000),
  /// For a host of 16 GB.
  PREMIUM_7("premium-7", "Premium 7", 7168, 7500);

  private static final int BESIDE = 128;

  private final String label;
  private final String humanName;
  private final int megabytes;
  private final int connections;

  RedisPlan(String label, String humanName, int megabytes, int connections) {
    this.label = label;
    this.humanName = humanName;
    this.megabytes = megabytes;
    this.connections = connections;
  }

  /// Its name within the service, such as `premium-0`.
  public String label() {
    return label;
  }

  /// How many MB of data it holds.
  public int megabytes() {
    return megabytes;
  }

  /// How many MB its container may use: while the server writes its files anew, what changes
  /// meanwhile is there twice.
  int containerMegabytes() {
    return 2 * megabytes + BESIDE;
  }

  /// How many clients it takes.
  public int connections() {
    return connections;
  }

  /// The plan of that name.
  public static RedisPlan of(String label) {
    return Arrays.stream(values())
        .filter(plan -> plan.label.equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(label));
  }

  /// All of them, as a service has them.
  static List<Plan> all() {
    return Arrays.stream(values()).map(RedisPlan::plan).toList();
  }

  private Plan plan() {
    var memory = megabytes < 1024 ? megabytes + " MB" : megabytes / 1024 + " GB";
    return new Plan(
        label, humanName, memory + " of data, " + connections + " connections; without a standby");
  }
}
