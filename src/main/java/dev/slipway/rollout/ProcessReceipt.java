package dev.slipway.rollout;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What a rollout did to the dynos of one process type.
///
/// @param running how many dynos of the type ran when the receipt was written
/// @param started how many came that had no predecessor
/// @param restarted how many came in the place of one of the same name
/// @param stopped how many went without a successor
/// @param ending how many of those that went had not ended by then
/// @param unseen how many of them ended where nobody could see it
/// @param killed those that had not ended by themselves when their time for it was over
/// @param longestStop how many seconds the slowest took from SIGTERM to its end
public record ProcessReceipt(
    String type,
    int running,
    int started,
    int restarted,
    int stopped,
    int ending,
    int unseen,
    List<Killed> killed,
    double longestStop) {
  /// Copies the list.
  public ProcessReceipt {
    killed = List.copyOf(killed);
  }

  /// A dyno that was killed.
  ///
  /// @param seconds from SIGTERM to its end
  public record Killed(String dyno, double seconds) {}

  /// Such as `worker: 2 run, 2 restarted, 1 killed (worker.2 after 30.1 s)`.
  public String words() {
    var words = new ArrayList<String>();
    words.add(running + " run");
    add(words, started, "started");
    add(words, restarted, "restarted");
    add(words, stopped, "stopped");
    add(words, ending, "still ending");
    add(words, unseen, "ended unseen");
    if (!killed.isEmpty()) {
      words.add(killed.size() + " killed (" + killedWords() + ")");
    }
    return type + ": " + String.join(", ", words);
  }

  private static void add(List<String> words, int count, String word) {
    if (count > 0) {
      words.add(count + " " + word);
    }
  }

  private String killedWords() {
    return killed.stream()
        .map(it -> String.format(Locale.ROOT, "%s after %.1f s", it.dyno(), it.seconds()))
        .collect(Collectors.joining(", "));
  }

  /// The same, with what is known by now of those that went.
  ProcessReceipt with(List<Departure> departures) {
    var mine = departures.stream().filter(it -> it.dyno().type().value().equals(type)).toList();
    return new ProcessReceipt(
        type,
        running,
        started,
        restarted,
        stopped,
        Departure.count(mine, Departure.End.AHEAD),
        Departure.count(mine, Departure.End.UNSEEN),
        mine.stream()
            .filter(it -> it.end() == Departure.End.KILLED)
            .map(it -> new Killed(it.dyno().toString(), it.seconds()))
            .toList(),
        mine.stream().mapToDouble(Departure::seconds).max().orElse(0));
  }
}
