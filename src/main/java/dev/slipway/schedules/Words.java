package dev.slipway.schedules;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The words in which people say when, those of Heroku Scheduler first, as cron has them.
final class Words {
  private static final Map<String, String> NICKNAMES =
      Map.of(
          "@hourly", "0 * * * *",
          "@daily", "0 0 * * *",
          "@midnight", "0 0 * * *",
          "@weekly", "0 0 * * 0",
          "@monthly", "0 0 1 * *",
          "@yearly", "0 0 1 1 *",
          "@annually", "0 0 1 1 *");

  private static final Pattern MINUTES = Pattern.compile("every (\\d{1,2} )?minutes?");
  private static final Pattern HOURLY =
      Pattern.compile("(?:hourly|every hour)(?: at :([0-5][0-9]))?");
  private static final Pattern DAILY =
      Pattern.compile(
          "(?:daily|every day) at (\\d{1,2}):([0-5][0-9]) ?([ap]m)?(?: \\(?(utc)\\)?)?");

  private Words() {}

  /// What was understood.
  ///
  /// @param utc whether they name UTC themselves
  record Meaning(String cron, boolean utc) {}

  /// The meaning, or nothing where these are not such words.
  static Optional<Meaning> meaning(String told) {
    var words = told.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    if (NICKNAMES.containsKey(words)) {
      return Optional.of(new Meaning(NICKNAMES.getOrDefault(words, ""), false));
    }
    return match(MINUTES, words)
        .flatMap(Words::minutes)
        .or(() -> match(HOURLY, words).map(Words::hourly))
        .or(() -> match(DAILY, words).flatMap(Words::daily));
  }

  private static Optional<MatchResult> match(Pattern pattern, String words) {
    var matcher = pattern.matcher(words);
    return matcher.matches() ? Optional.of(matcher.toMatchResult()) : Optional.empty();
  }

  /// Every so many minutes only where an hour has a whole number of them: cron begins anew with
  /// each.
  private static Optional<Meaning> minutes(MatchResult words) {
    var count = words.group(1) == null ? 1 : Integer.parseInt(words.group(1).strip());
    return count > 0 && count < 60 && 60 % count == 0
        ? Optional.of(new Meaning(count == 1 ? "* * * * *" : "*/" + count + " * * * *", false))
        : Optional.empty();
  }

  private static Meaning hourly(MatchResult words) {
    var minute = words.group(1) == null ? 0 : Integer.parseInt(words.group(1));
    return new Meaning(minute + " * * * *", false);
  }

  private static Optional<Meaning> daily(MatchResult words) {
    var hour = Integer.parseInt(words.group(1));
    var half = words.group(3);
    if (half != null) {
      if (hour < 1 || hour > 12) {
        return Optional.empty();
      }
      hour = hour % 12 + (half.equals("pm") ? 12 : 0);
    }
    var minute = Integer.parseInt(words.group(2));
    return hour > 23
        ? Optional.empty()
        : Optional.of(new Meaning(minute + " " + hour + " * * *", words.group(4) != null));
  }
}
