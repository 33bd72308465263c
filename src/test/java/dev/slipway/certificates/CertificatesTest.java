package dev.slipway.certificates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.accounts.Accounts;
import dev.slipway.apps.AppEvent;
import dev.slipway.apps.Apps;
import dev.slipway.core.AppId;
import dev.slipway.core.AppName;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import dev.slipway.testing.TestAuthority;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an app's certificates are kept by, and who hears of it.
class CertificatesTest {
  private static final TestAuthority AUTHORITY = TestAuthority.root("Tests");

  private @TempDir Path home;
  private Store store;
  private Apps apps;
  private Certificates certificates;
  private AppId app;
  private final LinkedBlockingQueue<AppEvent> events = new LinkedBlockingQueue<>();

  @BeforeEach
  void open() {
    var clock = Clock.systemUTC();
    store = Store.open(home.resolve("control.db"));
    apps = new Apps(store, clock);
    apps.events().listen(events::add);
    certificates = new Certificates(store, Vault.open(home.resolve("keyset.json")), apps, clock);
    var owner = new Accounts(store, clock).ensure("you@example.com", new Secret("key"));
    app = apps.create(new AppName("orders"), owner.id()).id();
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void eachChangeIsTold() throws Exception {
    apps.domains().add(app, "www.example.com");
    var added = add(AUTHORITY.issue("www.example.com"));
    certificates.choose(app, "www.example.com", added.name());
    var next = AUTHORITY.issue("www.example.com");
    certificates.update(app, added.name(), next.certificate(), new Secret(next.key()));
    certificates.remove(app, added.name());
    var told = new ArrayList<String>();
    while (told.size() < 6) {
      var event = events.poll(10, TimeUnit.SECONDS);
      assertTrue(event != null, told::toString);
      told.add(event.action() + " " + event.subject().getClass().getSimpleName());
    }
    assertEquals(
        List.of(
            "CREATE App",
            "CREATE Domain",
            "CREATE Certificate",
            "UPDATE Domain",
            "UPDATE Certificate",
            "DESTROY Certificate"),
        told);
  }

  @Test
  void anUpdateKeepsNameAndIdAndBringsAnotherKey() {
    var old = add(AUTHORITY.issue("www.example.com"));
    var next = AUTHORITY.issue("www.example.com");
    var updated = certificates.update(app, old.name(), next.certificate(), new Secret(next.key()));
    assertEquals(old.id(), updated.id());
    assertEquals(old.name(), updated.name());
    assertTrue(certificates.served(old.fingerprint()).isEmpty());
    assertTrue(certificates.served(updated.fingerprint()).isPresent());
  }

  @Test
  void theSameCertificateTwiceAtOnceIsThereOnce() throws Exception {
    var issued = AUTHORITY.issue("www.example.com");
    var added = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Certificate> adding = () -> add(issued);
      for (var each : threads.invokeAll(List.of(adding, adding, adding, adding))) {
        added += each.state() == Future.State.SUCCESS ? 1 : 0;
      }
    }
    assertEquals(1, added);
    assertEquals(1, certificates.list(app).size());
  }

  @Test
  void anAppHasAHundredAtTheMost() {
    var keys = TestAuthority.ec("secp256r1");
    for (var i = 0; i < 100; i++) {
      add(AUTHORITY.issue(keys, "h" + i + ".example.com"));
    }
    assertThrows(UserError.class, () -> add(AUTHORITY.issue(keys, "more.example.com")));
  }

  private Certificate add(TestAuthority.Issued issued) {
    return certificates.add(app, issued.certificate(), new Secret(issued.key()));
  }
}
