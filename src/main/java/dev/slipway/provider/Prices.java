package dev.slipway.provider;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What machines cost, as far as a small table in the jar knows; it says where its prices are from.
///
/// @param prices in USD, by region and type
record Prices(Map<String, Double> prices) {
  private static final int HOURS_A_MONTH = 730;

  /// When the table was made.
  static final String AS_OF = "2026-01-19";

  /// The region whose prices stand for the size of those that are not known.
  private static final String EXAMPLE = "us-east-1";

  Prices {
    prices = Map.copyOf(prices);
  }

  /// AWS's.
  static Prices ofAws() {
    try (var table = requireNonNull(Prices.class.getResourceAsStream("/prices/aws.txt"))) {
      var prices = new HashMap<String, Double>();
      new String(table.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" ", -1))
          .forEach(row -> prices.put(row[0] + " " + row[1], Double.valueOf(row[2])));
      return new Prices(prices);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  MonthlyCost of(String region, String type, int diskGigabytes) {
    var here = machine(region, type);
    var there = machine(EXAMPLE, type);
    var disk = disk(region, diskGigabytes);
    var example =
        here != null || there == null
            ? null
            : String.format(
                Locale.ROOT,
                "in %s each costs %.2f USD a month (prices of %s)",
                EXAMPLE,
                there + requireNonNull(disk(EXAMPLE, diskGigabytes)),
                AS_OF);
    return new MonthlyCost(here, disk, example, AS_OF);
  }

  private @Nullable Double machine(String region, String type) {
    var hourly = prices.get(region + " " + type);
    return hourly == null ? null : hourly * HOURS_A_MONTH;
  }

  private @Nullable Double disk(String region, int gigabytes) {
    var each = prices.get(region + " gp3");
    return each == null ? null : each * gigabytes;
  }
}
