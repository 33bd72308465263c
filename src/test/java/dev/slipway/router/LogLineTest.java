package dev.slipway.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.ServiceName;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogLineTest {
  private static final String APP = "11111111-1111-1111-1111-111111111111";

  @Test
  void anAnswerBecomesHerokusLine() {
    var line =
        parse(
            APP
                + " 1795435528.032 x-web-1-g1 method=GET path=\"/a b\" host=x.localhost"
                + " request_id=07cb3f6a fwd=\"1.2.3.4\" connect=0.001 service=0.018 status=200"
                + " bytes=404 protocol=https code=");
    assertEquals(AppId.of(APP), line.app());
    assertEquals(Instant.ofEpochMilli(1795435528032L), line.time());
    assertEquals(
        "at=info method=GET path=\"/a b\" host=x.localhost request_id=07cb3f6a fwd=\"1.2.3.4\""
            + " dyno=web.1 connect=1ms service=18ms status=200 bytes=404 protocol=https",
        line.text());
  }

  @Test
  void anErrorCarriesItsCodeAndTheLastTrysTimes() {
    var line =
        parse(
            APP
                + " 1795435528.099 y-web-1-g1 method=GET path=\"/\" host=d request_id=9 fwd=\"1.2.3.4\""
                + " connect=-, 0.002 service=0.000, 30.001 status=503 bytes=605 protocol=http"
                + " code=H12");
    assertEquals(
        "at=error code=H12 desc=\"Request timeout\" method=GET path=\"/\" host=d request_id=9"
            + " fwd=\"1.2.3.4\" dyno=y-web-1-g1 connect=2ms service=30001ms status=503 bytes=605"
            + " protocol=http",
        line.text());
  }

  @Test
  void withoutADynoItsPlaceIsEmpty() {
    var line =
        parse(
            APP
                + " 1795435528.042  method=GET path=\"/\" host=m request_id=6 fwd=\"1.2.3.4\""
                + " connect=- service=0.000 status=503 bytes=636 protocol=http code=H14");
    assertTrue(line.text().contains(" dyno= connect= service= status=503 "), line.text());
  }

  @Test
  void whatIsNoLineIsLeftOut() {
    assertTrue(LogLine.parse("GET / HTTP/1.1", name -> Optional.empty()).isEmpty());
  }

  private static LogLine parse(String raw) {
    return LogLine.parse(
            raw,
            name ->
                name.equals(new ServiceName("x-web-1-g1"))
                    ? Optional.of(DynoName.of("web.1"))
                    : Optional.empty())
        .orElseThrow();
  }
}
