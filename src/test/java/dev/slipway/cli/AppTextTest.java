package dev.slipway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// What `slipway ps` and `slipway receipts` say.
class AppTextTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Test
  void dynosThatAreHeldBackSayWhenTheyStart() {
    var web =
        """
        {"name":"web.1","state":"up","updated_at":"2026-12-01T08:20:09Z","release":{"version":7},
         "crashes":1,"starts_at":null}\
        """;
    var worker =
        """
        {"name":"worker.1","state":"crashed","updated_at":"2026-12-01T08:30:10Z",
         "release":{"version":7},"crashes":3,"starts_at":"2026-12-01T08:35:10Z"}\
        """;
    assertEquals(
        List.of(
            "web.1     up        since 2026-12-01T08:20:09Z  v7  crashed once",
            "worker.1  crashed   since 2026-12-01T08:30:10Z  v7  crashed 3 times, starts again at"
                + " 2026-12-01T08:35:10Z"),
        PsCommand.lines(List.of(JSON.readTree(web), JSON.readTree(worker))));
  }

  @Test
  void aReceiptTellsOfEveryProcessType() {
    var receipt =
        """
        {"release":7,"reason":"release","seconds_to_live":6.214,"written_at":"2026-12-01T08:20:11Z",
         "requests":1307,"lost":0,"before":{"count":9,"p50":1,"p95":2,"p99":4},"after":{"count":0},
         "processes":[
          {"type":"web","running":2,"started":1,"restarted":1,"stopped":0,"killed":[]},
          {"type":"worker","running":2,"started":0,"restarted":2,"stopped":1,"ending":1,"unseen":1,
           "killed":[{"dyno":"worker.2","seconds":30.12}]}]}\
        """;
    assertEquals(
        List.of(
            "v7 release, live after 6.21 s, 2026-12-01T08:20:11Z",
            "  1307 requests, 0 lost, p50/p95/p99 before 1/2/4 ms",
            "  web: 2 run, 1 started, 1 restarted",
            "  worker: 2 run, 2 restarted, 1 stopped, 1 still ending, 1 ended unseen,"
                + " 1 killed (worker.2 after 30.1 s)"),
        ReceiptText.lines(List.of(JSON.readTree(receipt))));
  }
}
