package dev.slipway.api;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/// Gives each test a server with TLS and a stock client of it, which acts as the server's owner.
/// The test is skipped, and says so, where the client is not installed.
///
/// A test that hangs is given up; in a thread of its own, as what waits for a process's output
/// can't be interrupted.
@Timeout(value = 300, threadMode = ThreadMode.SEPARATE_THREAD)
abstract class OneHerokuCli {
  @TempDir Path home;
  LocalCertificate certificate;
  TestApi api;
  HerokuCli cli;

  @BeforeEach
  final void connect() throws Exception {
    HerokuCli.assumeInstalled();
    certificate = LocalCertificate.in(home);
    api = new TestApi(home, certificate.certificate(), certificate.privateKey());
    cli = HerokuCli.of(api, home, certificate);
  }

  @AfterEach
  final void disconnect() {
    if (api != null) {
      api.close();
    }
  }
}
