package dev.slipway.schedules;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// When something is due again and again: five fields of cron, read on the clocks of a zone.
///
/// What is due in certain hours is due once a day also on the day when clocks change: a time that
/// the day has twice counts the first time, and one that it has not is made up for as much later as
/// clocks were put forward. What is due in every hour goes by the time that passes.
///
/// The library reads cron, and is asked in a zone whose clocks never change: what it does where
/// they do depends on the fields in ways that nobody could be told.
public final class Recurrence {
  private static final CronParser PARSER =
      new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

  /// More than clocks are ever put forward at once.
  private static final Duration LONGEST_GAP = Duration.ofHours(3);

  private static final String EXAMPLES =
      "Say \"every 10 minutes\", \"hourly at :30\", \"daily at 04:30 UTC\", or five fields of cron:"
          + " minute, hour, day of the month, month, day of the week, such as \"0 9 * * 1-5\"";

  private final String cron;
  private final ZoneId zone;
  private final ExecutionTime times;

  private Recurrence(Cron cron, ZoneId zone) {
    this.cron = cron.asString();
    this.zone = zone;
    this.times = ExecutionTime.forCron(cron);
  }

  /// Reads words or cron.
  ///
  /// @param zone the name of the zone whose clocks count, or null for UTC
  /// @throws UserError where they can't be understood, or the time never comes
  public static Recurrence of(String told, @Nullable String zone) {
    var meaning = Words.meaning(told);
    var clocks = zone(zone);
    if (meaning.filter(Words.Meaning::utc).isPresent() && !isUtc(clocks)) {
      throw wrong("'" + told + "' says UTC, and the zone is " + clocks, null, "Leave out one.");
    }
    var fields = meaning.map(Words.Meaning::cron).orElse(told.strip());
    try {
      return new Recurrence(PARSER.parse(fields), clocks).requireThatItComes(told);
    } catch (IllegalArgumentException e) {
      throw wrong("Can't tell when '" + told + "' is", reason(fields, e), EXAMPLES);
    }
  }

  /// One that was read and checked before.
  static Recurrence known(String cron, String zone) {
    return new Recurrence(PARSER.parse(cron), ZoneId.of(zone));
  }

  private Recurrence requireThatItComes(String told) {
    if (after(Instant.EPOCH).isEmpty()) {
      throw wrong("'" + told + "' never comes", null, EXAMPLES);
    }
    return this;
  }

  private static ZoneId zone(@Nullable String name) {
    try {
      return name == null ? ZoneOffset.UTC : ZoneId.of(name);
    } catch (DateTimeException e) {
      throw wrong(
          "There is no time zone '" + name + "'", null, "Name a place, such as Europe/Berlin");
    }
  }

  private static boolean isUtc(ZoneId zone) {
    return zone.normalized().equals(ZoneOffset.UTC);
  }

  /// What the library says of words would be of no use: a field of minutes begins otherwise.
  private static String reason(String fields, IllegalArgumentException e) {
    if (!fields.matches("[0-9*].*")) {
      return "of words only a few are known, and minutes only where their number divides 60";
    }
    var said = String.valueOf(e.getMessage());
    return said.replaceFirst("^Failed to parse cron expression\\. ", "").strip();
  }

  private static UserError wrong(String what, @Nullable String why, String hint) {
    return new UserError(new Problem(ErrorCode.INVALID_PARAMS, what, why, hint));
  }

  /// The five fields of cron.
  public String cron() {
    return cron;
  }

  /// The zone whose clocks count.
  public ZoneId zone() {
    return zone;
  }

  /// When it is due first after that time, if ever again.
  public Optional<Instant> after(Instant time) {
    return isInEveryHour() ? afterByElapsedTime(time) : afterByWallClock(time);
  }

  /// When it is due from then on, the time itself included, until another, so many times at the
  /// most.
  public List<Instant> between(Instant from, Instant until, int most) {
    var due = new ArrayList<Instant>();
    var next = after(from.minusNanos(1));
    while (next.isPresent() && !next.get().isAfter(until) && due.size() < most) {
      due.add(next.get());
      next = after(next.get());
    }
    return due;
  }

  private boolean isInEveryHour() {
    return cron.split(" ", -1)[1].equals("*");
  }

  /// On the clock as it runs, from one change of clocks to the next.
  private Optional<Instant> afterByElapsedTime(Instant time) {
    var from = time;
    while (true) {
      var offset = zone.getRules().getOffset(from);
      var next = next(LocalDateTime.ofInstant(from, offset)).map(local -> local.toInstant(offset));
      var change = zone.getRules().nextTransition(from);
      if (next.isEmpty() || change == null || next.get().isBefore(change.getInstant())) {
        return next;
      }
      var changed = change.getInstant();
      var first = next(LocalDateTime.ofInstant(changed, change.getOffsetAfter()).minusNanos(1));
      if (first.isEmpty()) {
        return Optional.empty();
      }
      if (first.get().equals(change.getDateTimeAfter())) {
        return Optional.of(changed);
      }
      from = changed;
    }
  }

  /// What a gap put off to later may come after what is due later: so all that could come next is
  /// looked at.
  private Optional<Instant> afterByWallClock(Instant time) {
    var soon = next(LocalDateTime.ofInstant(time, zone));
    if (soon.isPresent() && isWithoutChange(time, soon.get().atZone(zone).toInstant())) {
      return soon.map(due -> due.atZone(zone).toInstant());
    }
    var local = next(LocalDateTime.ofInstant(time, zone).minus(LONGEST_GAP));
    Instant earliest = null;
    LocalDateTime enough = null;
    while (local.isPresent() && (enough == null || local.get().isBefore(enough))) {
      var due = ZonedDateTime.of(local.get(), zone).toInstant();
      if (due.isAfter(time)) {
        earliest = earliest == null || due.isBefore(earliest) ? due : earliest;
        enough = enough == null ? local.get().plus(LONGEST_GAP) : enough;
      }
      local = next(local.get());
    }
    return Optional.ofNullable(earliest);
  }

  /// Whether clocks are not changed near what lies between the two.
  private boolean isWithoutChange(Instant from, Instant until) {
    var change = zone.getRules().nextTransition(from.minus(LONGEST_GAP));
    return change == null || change.getInstant().isAfter(until.plus(LONGEST_GAP));
  }

  /// The next time that the clock on the wall would show.
  private Optional<LocalDateTime> next(LocalDateTime local) {
    return times.nextExecution(local.atZone(ZoneOffset.UTC)).map(ZonedDateTime::toLocalDateTime);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Recurrence same && cron.equals(same.cron) && zone.equals(same.zone);
  }

  @Override
  public int hashCode() {
    return cron.hashCode() * 31 + zone.hashCode();
  }

  @Override
  public String toString() {
    return cron + " " + zone;
  }
}
