package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What docker clients are refused. What they get is shown on the real image server, by
/// `ContainerPushIT`.
class RegistryEndpointsTest {
  private static final String MANIFEST = "/v2/shop/web/manifests/latest";
  private static final String UPLOADS = "/v2/shop/web/blobs/uploads/";

  @TempDir Path home;
  private TestApi api;

  @BeforeEach
  void start() {
    api = new TestApi(home);
    api.send("POST", "/apps", "{\"name\":\"shop\"}");
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void aClientIsToldToLogInAndHowItsTokenFared() {
    var unknown = api.bare("GET", "/v2/", null);
    assertEquals(401, unknown.status());
    assertEquals("Basic realm=\"slipway\"", unknown.header("WWW-Authenticate"));
    assertEquals("UNAUTHORIZED", code(unknown));
    assertEquals(401, asked("GET", "/v2/", "no-such-token").status());
    assertEquals(200, asked("GET", "/v2/", TestApi.KEY).status());
  }

  @Test
  void anAppOfSomebodyElseIsNotThere() {
    for (var each : List.of("GET " + MANIFEST, "PUT " + MANIFEST, "POST " + UPLOADS)) {
      var words = each.split(" ", 2);
      var answer = asked(words[0], words[1], TestApi.OTHER_KEY);
      assertEquals(404, answer.status(), each);
      assertEquals("NAME_UNKNOWN", code(answer), each);
    }
    assertEquals(404, asked("GET", "/v2/none/web/manifests/latest", TestApi.KEY).status());
  }

  @Test
  void aTokenThatMayOnlyReadPushesNothing() {
    var token =
        api.send("POST", "/oauth/authorizations", "{\"scope\":[\"read\"]}")
            .json()
            .path("access_token")
            .path("token")
            .asString();
    assertEquals(403, asked("PUT", MANIFEST, token).status());
    assertEquals(403, asked("POST", UPLOADS, token).status());
    assertEquals("DENIED", code(asked("PATCH", UPLOADS + "1", token)));
  }

  /// What would lead out of the app's repository is not passed on.
  @Test
  void noPathLeadsElsewhere() {
    for (var path :
        List.of(
            "/v2/shop/web/manifests/..%2F..%2Fother%2Fmanifests%2Fx",
            "/v2/shop/web/blobs/..%2F..%2F_catalog",
            "/v2/shop/web/blobs/sha256:..",
            "/v2/shop/web%2F..%2F..%2Fx/manifests/latest")) {
      var answer = asked("GET", path, TestApi.KEY);
      assertTrue(answer.status() == 400 || answer.status() == 422, path + ": " + answer.status());
    }
    assertEquals(400, asked("PUT", UPLOADS + "1?digest=sha256:0/../x", TestApi.KEY).status());
    assertEquals(404, asked("GET", "/v2/_catalog", TestApi.KEY).status());
    assertEquals(404, asked("DELETE", MANIFEST, TestApi.KEY).status());
  }

  @Test
  void anImageServerThatIsAwayIsSaidToBe() {
    var answer = asked("GET", MANIFEST, TestApi.KEY);
    assertEquals(503, answer.status());
    assertTrue(answer.text().contains("image server"), answer.text());
  }

  private TestApi.Answer asked(String method, String path, String token) {
    var pair = ("_:" + token).getBytes(StandardCharsets.UTF_8);
    return api.bare(
        method, path, null, "Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
  }

  private static String code(TestApi.Answer answer) {
    return answer.json().path("errors").path(0).path("code").asString();
  }
}
