package dev.slipway.postgres;

import dev.slipway.addons.Plan;
import java.util.Arrays;
import java.util.List;

/// What a database may use. Names and sizes are Heroku's as far as a host of one's own has the
/// like.
public enum PostgresPlan {
  /// The plan when nobody says.
  ESSENTIAL_0("essential-0", "Essential 0", 512, 1, 40, 1),
  /// For trials.
  MINI("mini", "Mini", 256, 1, 20, 1),
  /// As essential-0, with more room.
  ESSENTIAL_1("essential-1", "Essential 1", 512, 1, 40, 10),
  /// Twice the memory.
  ESSENTIAL_2("essential-2", "Essential 2", 1024, 1, 60, 32),
  /// A production database.
  STANDARD_0("standard-0", "Standard 0", 4096, 2, 120, 64),
  /// A larger one.
  STANDARD_2("standard-2", "Standard 2", 8192, 2, 200, 256),
  /// As large as a host of 16 GB has room for.
  STANDARD_3("standard-3", "Standard 3", 15360, 4, 300, 512),
  /// As standard-0: a standby is asked for, with any plan.
  PREMIUM_0("premium-0", "Premium 0", 4096, 2, 120, 64),
  /// As standard-2, likewise.
  PREMIUM_2("premium-2", "Premium 2", 8192, 2, 200, 256);

  private final String label;
  private final String humanName;
  private final int megabytes;
  private final int cpus;
  private final int connections;
  private final int gigabytes;

  PostgresPlan(
      String label, String humanName, int megabytes, int cpus, int connections, int gigabytes) {
    this.label = label;
    this.humanName = humanName;
    this.megabytes = megabytes;
    this.cpus = cpus;
    this.connections = connections;
    this.gigabytes = gigabytes;
  }

  /// Its name within the service, such as `standard-0`.
  public String label() {
    return label;
  }

  /// The server's memory, in MB.
  public int megabytes() {
    return megabytes;
  }

  /// The processors that the server may use, as far as its host has them.
  public int cpus() {
    return cpus;
  }

  /// How many connections the server takes.
  public int connections() {
    return connections;
  }

  /// How many GB of data it is for; nothing stops it there.
  public int gigabytes() {
    return gigabytes;
  }

  /// How many connections to the server the pooler holds for transactions.
  public int pooled() {
    return connections / 2;
  }

  /// How many it holds for whole sessions.
  public int sessions() {
    return connections / 4;
  }

  /// The plan of that name.
  public static PostgresPlan of(String label) {
    return Arrays.stream(values())
        .filter(plan -> plan.label.equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(label));
  }

  /// All of them, as a service has them.
  static List<Plan> all() {
    return Arrays.stream(values()).map(PostgresPlan::plan).toList();
  }

  private Plan plan() {
    var memory = megabytes < 1024 ? megabytes + " MB" : megabytes / 1024 + " GB";
    return new Plan(
        label,
        humanName,
        memory
            + " of memory, "
            + connections
            + " connections, for "
            + gigabytes
            + " GB of data"
            + (label.startsWith("premium") ? "; slipway pg standby makes a standby" : ""));
  }
}
