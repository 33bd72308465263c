package dev.slipway.schedules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.UserError;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecurrenceTest {
  private static final String BERLIN = "Europe/Berlin";

  /// Clocks went from 02:00 to 03:00 at 01:00 UTC.
  private static final String SPRING = "2026-03-29T";

  /// Clocks went from 03:00 to 02:00 at 01:00 UTC.
  private static final String AUTUMN = "2026-10-25T";

  @ParameterizedTest
  @CsvSource({
    "every 10 minutes, */10 * * * *",
    "Every  10 minutes, */10 * * * *",
    "every minute, * * * * *",
    "hourly, 0 * * * *",
    "hourly at :30, 30 * * * *",
    "every hour at :05, 5 * * * *",
    "daily at 04:30 UTC, 30 4 * * *",
    "every day at 4:30 PM (UTC), 30 16 * * *",
    "every day at 12:00 AM, 0 0 * * *",
    "@daily, 0 0 * * *",
    "0 9 * * MON-FRI, 0 9 * * 1-5"
  })
  void wordsAreCron(String told, String cron) {
    assertEquals(cron, Recurrence.of(told, null).cron());
  }

  @Test
  void ofWordsThatAreNotKnownNothingIsSaidAboutFields() {
    var refused = assertThrows(UserError.class, () -> Recurrence.of("every 61 minutes", null));
    var said = refused.problem().sentence();
    assertTrue(said.contains("minutes only where their number divides 60"), said);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soon",
        "every 7 minutes",
        "every 0 minutes",
        "daily at 24:00",
        "daily at 13:00 PM",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "0 0 30 2 *",
        "@reboot"
      })
  void whatIsNoTimeIsRefusedWithExamples(String told) {
    var refused = assertThrows(UserError.class, () -> Recurrence.of(told, null));
    assertTrue(refused.problem().sentence().contains("every 10 minutes"), refused::toString);
  }

  @Test
  void zonesAreNamesOfPlacesAndDoNotContradictTheWords() {
    assertThrows(UserError.class, () -> Recurrence.of("hourly", "Mars/Olympus"));
    assertThrows(UserError.class, () -> Recurrence.of("daily at 04:30 UTC", BERLIN));
    assertEquals("30 4 * * * UTC", Recurrence.of("daily at 04:30 UTC", "UTC").toString());
  }

  @Test
  void aDayOfTheMonthOrOfTheWeekIsEnough() {
    assertEquals(
        List.of("2026-12-04T00:00:00Z", "2026-12-11T00:00:00Z", "2026-12-13T00:00:00Z"),
        due("0 0 13 * 5", "UTC", "2026-11-30T12:00:00Z", "2026-12-14T00:00:00Z"));
  }

  @Test
  void aTimeThatTheDayHasNotIsMadeUpForLater() {
    assertEquals(
        List.of("2026-03-28T01:30:00Z", SPRING + "01:30:00Z", "2026-03-30T00:30:00Z"),
        due("30 2 * * *", BERLIN, "2026-03-28T00:00:00Z", "2026-03-30T12:00:00Z"));
    assertEquals(
        List.of(SPRING + "01:00:00Z"),
        due("0 2,3 * * *", BERLIN, SPRING + "00:00:00Z", SPRING + "12:00:00Z"));
  }

  /// 02:30 is made up for at 03:30, after 03:10.
  @Test
  void whatIsMadeUpForKeepsItsPlaceAmongTheOthers() {
    var both = Recurrence.of("10,30 2-3 * * *", BERLIN);
    assertEquals(
        List.of(SPRING + "01:10:00Z", SPRING + "01:30:00Z"),
        both.between(instant(SPRING + "00:00:00Z"), instant(SPRING + "12:00:00Z"), 10).stream()
            .map(Instant::toString)
            .toList());
  }

  @Test
  void aTimeThatTheDayHasTwiceCountsOnce() {
    assertEquals(
        List.of(AUTUMN + "00:30:00Z", "2026-10-26T01:30:00Z"),
        due("30 2 * * *", BERLIN, "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z"));
  }

  @Test
  void whatIsDueInEveryHourGoesByTheTimeThatPasses() {
    assertEquals(
        List.of("00:30:00Z", "01:30:00Z", "02:30:00Z").stream().map(AUTUMN::concat).toList(),
        due("30 * * * *", BERLIN, AUTUMN + "00:00:00Z", AUTUMN + "03:00:00Z"));
    assertEquals(
        List.of("00:30:00Z", "01:00:00Z", "01:30:00Z", "02:00:00Z").stream()
            .map(SPRING::concat)
            .toList(),
        due("*/30 * * * *", BERLIN, SPRING + "00:10:00Z", SPRING + "02:00:00Z"));
  }

  /// Lord Howe Island puts its clocks forward by half an hour, from 02:00 to 02:30.
  @Test
  void halfAnHourIsAChangeToo() {
    assertEquals(
        List.of("2026-10-03T16:00:00Z"),
        due("0 * * * *", "Australia/Lord_Howe", "2026-10-03T14:40:00Z", "2026-10-03T16:40:00Z"));
  }

  private static List<String> due(String told, String zone, String from, String until) {
    return Recurrence.of(told, zone).between(instant(from), instant(until), 100).stream()
        .map(Instant::toString)
        .toList();
  }

  private static Instant instant(String text) {
    return Instant.parse(text);
  }
}
