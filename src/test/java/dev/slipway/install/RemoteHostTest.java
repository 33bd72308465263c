package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.UserError;
import java.util.List;
import org.junit.jupiter.api.Test;

class RemoteHostTest {
  @Test
  void userAndPortMayBeLeftOut() {
    assertEquals(
        List.of("-p", "2222", "-l", "admin", "server.example.com"),
        RemoteHost.of("ssh://admin@server.example.com:2222").arguments());
    assertEquals(List.of("alias"), RemoteHost.of("ssh://alias").arguments());
    assertEquals(List.of("-l", "root", "::1"), RemoteHost.of("ssh://root@[::1]/").arguments());
  }

  @Test
  void nothingElseIsAHost() {
    for (var wrong :
        List.of(
            "",
            "server",
            "http://server",
            "ssh://",
            "ssh://-oProxyCommand=id",
            "ssh://a@-b",
            "ssh://-l@b",
            "ssh://a b",
            "ssh://a;id",
            "ssh://a:0x1",
            "ssh://a:65536",
            "ssh://a/path")) {
      var error = assertThrows(UserError.class, () -> RemoteHost.of(wrong), wrong);
      assertTrue(error.problem().sentence().contains("ssh://USER@HOST"), wrong);
    }
  }
}
