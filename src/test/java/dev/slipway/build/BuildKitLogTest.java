package dev.slipway.build;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What people see of BuildKit's plain progress.
class BuildKitLogTest {
  private final List<String> shown = new ArrayList<>();
  private final BuildKitLog log = new BuildKitLog(shown::add);

  @Test
  void stepsAreShownWithWhatTheyPrintAndHousekeepingIsNot() {
    log.line("#1 [internal] load build definition from Dockerfile");
    log.line("#6 [2/5] RUN make");
    log.line("#6 0.312 compiling");
    log.line("#6 DONE 0.4s");
    log.line("#7 [3/5] COPY . .");
    log.line("#7 CACHED");
    assertEquals(
        List.of("       [2/5] RUN make", "         compiling", "       [3/5] COPY . . (cached)"),
        shown);
  }

  @Test
  void ofALineThatIsWrittenOverTheLastIsShown() {
    log.line("#6 [2/5] RUN apt-get install x");
    log.line("#6 2.320 (Reading database ... 5%\r(Reading database ... 100%\r\n".strip());
    log.line("#6 2.329 Preparing to unpack\r");
    assertEquals(
        List.of(
            "       [2/5] RUN apt-get install x",
            "         (Reading database ... 100%",
            "         Preparing to unpack"),
        shown);
  }
}
