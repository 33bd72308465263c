package dev.slipway.drains;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.accounts.Accounts;
import dev.slipway.api.LocalCertificate;
import dev.slipway.apps.Apps;
import dev.slipway.core.AppId;
import dev.slipway.core.AppName;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.observe.LogFilter;
import dev.slipway.observe.LogLine;
import dev.slipway.observe.Logs;
import dev.slipway.outbound.Outbound;
import dev.slipway.outbound.Targets;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import dev.slipway.testing.HttpReceiver;
import dev.slipway.testing.SyslogReceiver;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Lines reach real receivers, at least once and in order, however these behave.
@Timeout(60)
class DrainsTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Pattern LENGTH = Pattern.compile("([0-9]+) ");
  private static final Pattern LOST = Pattern.compile("L10 .*: ([0-9]+) messages dropped since");

  @TempDir Path home;
  private LocalCertificate certificate;
  private Store store;
  private Vault vault;
  private Logs logs;
  private Apps apps;
  private AppId app;
  private Outbound outbound;
  private Drains drains;

  @BeforeEach
  void open() {
    certificate = LocalCertificate.in(home);
    store = Store.open(home.resolve("control.db"));
    vault = Vault.open(home.resolve("keyset.json"));
    apps = new Apps(store, Clock.systemUTC());
    var owner = new Accounts(store, Clock.systemUTC()).ensure("a@example.com", new Secret("key"));
    app = apps.create(new AppName("orders"), owner.id()).id();
    outbound = new Outbound(Targets.allowing("127.0.0.0/8, ::1"), certificate.certificate());
    start(Pauses.STANDARD);
  }

  @AfterEach
  void close() {
    stop();
    outbound.close();
    store.close();
  }

  private void start() {
    start(Pauses.STANDARD);
  }

  private void start(Pauses pauses) {
    logs = new Logs(home.resolve("logs"), Clock.systemUTC());
    drains = new Drains(store, vault, logs, outbound, pauses, Clock.systemUTC());
    drains.start();
  }

  /// With another pause after each failure than usual.
  private void restart(Duration pause) {
    stop();
    start(new Pauses(pause, pause));
  }

  private void stop() {
    drains.close();
    logs.close();
  }

  @Test
  void anHttpsDrainGetsLogplexFramesWithCredentials() throws Exception {
    try (var receiver = new HttpReceiver(certificate.context())) {
      logs.act(app, "before the drain");
      var url = receiver.url().replace("://", "://user:p%40ss@") + "/in?x=1";
      var drain = drains.add(app, url);
      logs.add(app, java.time.Instant.EPOCH, LogLine.APP, "web.1", "hällo\nthere");
      logs.platform(app, "router", "at=info");
      await(SOON, () -> texts(receiver).size() == 2);
      var request = receiver.requests().getFirst();
      assertEquals("/in?x=1", request.path());
      assertEquals("application/logplex-1", request.headers().get("content-type"));
      assertEquals(drain.token(), request.headers().get("logplex-drain-token"));
      assertTrue(request.headers().containsKey("logplex-frame-id"));
      var credentials = Base64.getEncoder().encodeToString("user:p@ss".getBytes(UTF_8));
      assertEquals("Basic " + credentials, request.headers().get("authorization"));
      var messages = messages(receiver);
      assertEquals(
          "<190>1 1970-01-01T00:00:00.000000+00:00 " + drain.token() + " app web.1 - hällo there",
          messages.get(0));
      assertTrue(messages.get(1).startsWith("<158>1 "), messages.get(1));
      assertTrue(messages.get(1).endsWith(" heroku router - at=info"), messages.get(1));
    }
  }

  @Test
  void aSyslogDrainGetsWhatItLostWhenItIsKilled() throws Exception {
    try (var receiver = new SyslogReceiver(certificate.context())) {
      var drain = drains.add(app, receiver.url());
      write(1, 10);
      await(SOON, () -> receiver.messages().size() == 10);
      assertTrue(receiver.messages().getFirst().endsWith(drain.token() + " app web.1 - - line 1"));
      write(11, 20);
      await(SOON, () -> receiver.messages().size() == 20);
      receiver.kill();
      write(21, 30);
      Thread.sleep(1500);
      receiver.start();
      await(SOON, () -> numbers(receiver.messages()).contains(30));
      assertEquals(range(1, 30), numbers(receiver.messages()).stream().distinct().toList());
    }
  }

  @Test
  void errorsAndHangsDelayLinesAndLoseNone() throws Exception {
    try (var bad = new HttpReceiver(certificate.context());
        var good = new HttpReceiver(certificate.context())) {
      bad.answer(500);
      drains.add(app, bad.url());
      drains.add(app, good.url());
      write(1, 50);
      await(SOON, () -> numbers(texts(good)).contains(50));
      await(SOON, () -> bad.asked() > 2);
      bad.hang();
      write(51, 60);
      await(SOON, () -> numbers(texts(good)).contains(60));
      bad.answer(302);
      bad.wake();
      Thread.sleep(500);
      bad.answer(200);
      await(SOON.multipliedBy(2), () -> numbers(texts(bad)).contains(60));
      assertEquals(range(1, 60), numbers(texts(bad)));
      assertEquals("/", bad.requests().getFirst().path());
    }
  }

  @Test
  void linesThatDoNotFitAreCountedToTheDrainAndInTheLog() throws Exception {
    try (var receiver = new HttpReceiver(certificate.context())) {
      drains.add(app, receiver.url());
      write(1, 1);
      await(SOON, () -> numbers(texts(receiver)).contains(1));
      receiver.kill();
      for (var from = 2; from < 14_000; from += 1000) {
        write(from, from + 999);
        Thread.sleep(50);
      }
      Thread.sleep(2000);
      receiver.start();
      await(SOON, () -> numbers(texts(receiver)).contains(14_001));
      var numbers = numbers(texts(receiver));
      assertEquals(numbers.stream().distinct().sorted().toList(), numbers);
      var inLog =
          logs.recent(app, new LogFilter("logplex", LogLine.PLATFORM), 100).stream()
              .map(LogLine::text)
              .toList();
      await(SOON, () -> lost(texts(receiver)) > 0);
      var total = numbers.size() + lost(texts(receiver));
      // What the log itself says of the drain is among what was dropped or passed over.
      assertTrue(total >= 14_001 && total <= 14_001 + inLog.size(), total + " " + inLog);
      assertTrue(lost(inLog) > 0, inLog::toString);
    }
  }

  @Test
  void aRestartGoesOnWhereTheDrainWas() throws Exception {
    try (var receiver = new HttpReceiver(certificate.context())) {
      drains.add(app, receiver.url());
      write(1, 5);
      await(SOON, () -> numbers(texts(receiver)).contains(5));
      receiver.answer(503);
      write(6, 3000);
      stop();
      receiver.answer(200);
      start();
      await(SOON, () -> numbers(texts(receiver)).contains(3000));
      assertEquals(range(1, 3000), numbers(texts(receiver)).stream().distinct().toList());
    }
  }

  @Test
  void aSyslogDrainThatNeverReadsHoldsUpNobody() throws Exception {
    try (var stuck = new SyslogReceiver(null);
        var good = new SyslogReceiver(null)) {
      stuck.stopReading();
      drains.add(app, stuck.url());
      drains.add(app, good.url());
      for (var number = 1; number <= 500; number++) {
        logs.add(app, java.time.Instant.now(), LogLine.APP, "web.1", "x".repeat(9000));
      }
      write(1, 10);
      await(SOON.multipliedBy(2), () -> numbers(good.messages()).contains(10));
    }
  }

  @Test
  void aDrainWithAnotherCertificateGetsNothing(@TempDir Path other) throws Exception {
    try (var receiver = new HttpReceiver(LocalCertificate.in(other).context())) {
      drains.add(app, receiver.url().replace("://", "://user:secret@"));
      write(1, 1);
      await(SOON, () -> !aboutDrains().isEmpty());
      assertTrue(aboutDrains().getFirst().contains("its certificate is not trusted"));
      assertFalse(aboutDrains().toString().contains("secret"));
      assertEquals(0, receiver.asked());
    }
  }

  @Test
  void aFrameThatIsRefusedForGoodIsGivenUpInTheEnd() throws Exception {
    restart(Duration.ofMillis(100));
    try (var receiver = new HttpReceiver(certificate.context())) {
      receiver.answer(413);
      drains.add(app, receiver.url());
      write(1, 1);
      await(SOON, () -> lost(aboutDrains()) == 1);
      assertEquals(6, receiver.asked());
      receiver.answer(200);
      write(2, 2);
      await(SOON, () -> numbers(texts(receiver)).equals(List.of(2)));
      assertEquals(1, lost(texts(receiver)));
    }
  }

  @Test
  void aRefusalAfterOtherFailuresIsTriedAgainToo() throws Exception {
    restart(Duration.ofMillis(300));
    try (var receiver = new HttpReceiver(certificate.context())) {
      receiver.answer(503);
      drains.add(app, receiver.url());
      write(1, 1);
      await(SOON, () -> receiver.asked() == 5);
      receiver.answer(413);
      await(SOON, () -> receiver.asked() == 7);
      receiver.answer(200);
      await(SOON, () -> numbers(texts(receiver)).equals(List.of(1)));
    }
  }

  @Test
  void aFrameThatIsGivenUpHandsOnTheLossItTellsOf() throws Exception {
    restart(Duration.ofMillis(100));
    try (var receiver = new HttpReceiver(certificate.context())) {
      receiver.answer(503);
      drains.add(app, receiver.url());
      write(1, 1);
      await(SOON, () -> receiver.asked() > 0);
      for (var from = 2; from < 14_000; from += 1000) {
        write(from, from + 999);
        Thread.sleep(50);
      }
      await(SOON, () -> lost(aboutDrains()) > 0);
      var asked = receiver.asked();
      receiver.answer(413);
      await(SOON, () -> receiver.asked() > asked + 13); // The first frame, and the one that tells.
      receiver.answer(200);
      await(SOON.multipliedBy(2), () -> numbers(texts(receiver)).contains(14_001));
      var numbers = numbers(texts(receiver));
      var total = numbers.size() + lost(texts(receiver));
      var told = aboutDrains();
      assertTrue(total >= 14_001 && total <= 14_001 + told.size(), total + " " + told);
    }
  }

  @Test
  void aRemovedDrainAndOneOfADestroyedAppGetNoMore() throws Exception {
    try (var receiver = new HttpReceiver(certificate.context())) {
      var drain = drains.add(app, receiver.url() + "/one");
      assertThrows(UserError.class, () -> drains.add(app, receiver.url() + "/one"));
      drains.add(app, receiver.url() + "/two");
      drains.remove(app, drain.token());
      write(1, 1);
      await(SOON, () -> receiver.requests().size() == 1);
      assertEquals("/two", receiver.requests().getFirst().path());
      apps.destroy(app);
      await(SOON, () -> drains.list(app).isEmpty());
      Thread.sleep(1500);
      write(2, 2);
      Thread.sleep(1000);
      assertEquals(List.of(1), numbers(texts(receiver)));
    }
  }

  private void write(int from, int until) {
    for (var number = from; number <= until; number++) {
      logs.add(app, java.time.Instant.now(), LogLine.APP, "web.1", "line " + number);
    }
  }

  private List<String> aboutDrains() {
    return logs.recent(app, new LogFilter("logplex", null), 100).stream()
        .map(LogLine::text)
        .toList();
  }

  private static List<String> texts(HttpReceiver receiver) {
    return messages(receiver);
  }

  /// The messages of all requests, which must be as many as each says.
  private static List<String> messages(HttpReceiver receiver) {
    var all = new ArrayList<String>();
    for (var request : receiver.requests()) {
      var bytes = request.body().getBytes(UTF_8);
      var count = 0;
      for (var at = 0; at < bytes.length; count++) {
        var length = LENGTH.matcher(new String(bytes, at, Math.min(8, bytes.length - at), UTF_8));
        assertTrue(length.lookingAt());
        var from = at + length.end();
        at = from + Integer.parseInt(length.group(1));
        all.add(new String(bytes, from, at - from - 1, UTF_8));
      }
      assertEquals(request.headers().get("logplex-msg-count"), Integer.toString(count));
    }
    return all;
  }

  private static List<Integer> numbers(List<String> messages) {
    return messages.stream()
        .filter(message -> message.contains(" line "))
        .map(message -> Integer.valueOf(message.replaceFirst(".* line ", "")))
        .toList();
  }

  private static long lost(List<String> messages) {
    return messages.stream()
        .map(LOST::matcher)
        .filter(java.util.regex.Matcher::find)
        .mapToLong(found -> Long.parseLong(found.group(1)))
        .sum();
  }

  private static List<Integer> range(int from, int until) {
    return IntStream.rangeClosed(from, until).boxed().toList();
  }

  private static void await(Duration limit, BooleanSupplier condition) throws Exception {
    var end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "not within " + limit);
      Thread.sleep(20);
    }
  }
}
