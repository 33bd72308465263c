package dev.slipway.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What the API and git refuse, each with Heroku's error and a reason.
@Tag("docker")
class ApiRefusalsIT {
  @Test
  void callsWithoutTheRightKey() {
    assertError(401, "unauthorized", Api.send("GET", "/apps", null, null));
    assertError(401, "unauthorized", Api.send("GET", "/apps", null, "not-the-key"));
    assertError(401, "unauthorized", Api.send("POST", "/apps", "{}", "not-the-key"));
  }

  @Test
  void appsThatDoNotExist() {
    assertError(404, "not_found", Api.get("/apps/fault-nobody"));
    assertError(404, "not_found", Api.call("PATCH", "/apps/fault-nobody/config-vars", "{}"));
    assertError(404, "not_found", Api.get("/apps/..%2f..%2fetc"));
    assertError(404, "not_found", Api.get("/no/such/endpoint"));
  }

  @Test
  void namesThatCanNotBe() {
    assertReason("Bad_Name", "can only contain lowercase letters");
    assertReason("x".repeat(31), "between 3 and 30 characters");
    assertReason("x".repeat(1_000_000), "between 3 and 30 characters");
    assertReason("ab", "between 3 and 30 characters");
    assertReason("api", "reserved");
    assertReason("registry", "reserved");
    assertReason("../etc", "can only contain");
    assertReason("a\u0000b", "can only contain");
  }

  @Test
  void bodiesThatAreNoJson() {
    assertError(400, "bad_request", Api.call("POST", "/apps", "{\"name\":"));
    assertError(400, "bad_request", Api.call("POST", "/apps", "[]"));
    assertError(400, "bad_request", Api.call("POST", "/apps", "[".repeat(100_000)));
  }

  @Test
  void pushesWithAWrongKeyOrToNoApp() {
    try (var app = FaultApp.create();
        var wrongKey = new Repository(app.name(), "not-the-key");
        var noApp = new Repository("fault-nobody", Api.key())) {
      wrongKey.commit(Map.of("index.html", "hello"));
      var refused = wrongKey.push();
      assertFalse(refused.accepted());
      assertTrue(refused.output().contains("could not read Username"), refused.output());
      noApp.commit(Map.of("index.html", "hello"));
      var lost = noApp.push();
      assertFalse(lost.accepted());
      assertTrue(lost.output().contains("Couldn't find that app"), lost.output());
    }
  }

  private static void assertReason(String name, String reason) {
    var answer = Api.call("POST", "/apps", Api.json(Map.of("name", name)));
    assertError(422, "invalid_params", answer);
    assertTrue(answer.body().contains(reason), answer.body());
    assertTrue(answer.body().length() < 1000, "the name is not given back at length");
  }

  private static void assertError(int status, String id, Api.Answer answer) {
    assertEquals(status, answer.status(), answer.body());
    assertEquals(id, answer.id());
    assertFalse(answer.json().path("message").asString("").isBlank());
  }
}
