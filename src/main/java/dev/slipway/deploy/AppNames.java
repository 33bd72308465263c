package dev.slipway.deploy;

import dev.slipway.core.AppName;
import java.security.SecureRandom;
import java.util.List;

/// Names for apps whose owner gave none, in Heroku's manner: two words and a number.
final class AppNames {
  private static final List<String> FIRST =
      List.of(
          "able", "brave", "calm", "deep", "early", "fair", "grand", "high", "inner", "jolly",
          "keen", "light", "mild", "noble", "open", "proud", "quick", "rapid", "safe", "true");
  private static final List<String> SECOND =
      List.of(
          "anchor", "bay", "coast", "dock", "estuary", "ferry", "gulf", "harbor", "island", "jetty",
          "keel", "lagoon", "mast", "night", "oar", "pier", "quay", "reef", "sail", "tide");

  private final SecureRandom random = new SecureRandom();

  AppName next() {
    return new AppName(pick(FIRST) + "-" + pick(SECOND) + "-" + (10_000 + random.nextInt(90_000)));
  }

  private String pick(List<String> words) {
    return words.get(random.nextInt(words.size()));
  }
}
