package dev.slipway.api;

import dev.slipway.core.AppId;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Many tails of one log at once, for `bench/logs`: a process with the real API, and another that
/// reads. Prints what was lost, how late lines came and how much memory the tails took.
final class LogsBench {
  private static final String LINE = "a line of a usual length, written by a web dyno at work ";

  private LogsBench() {}

  /// As reader: `TAILS RATE SECONDS FLAG...`, the flags being those of the server's virtual
  /// machine. As server: `server HOME`.
  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("server")) {
      serve(Path.of(arguments[1]));
    } else {
      measure(
          Integer.parseInt(arguments[0]),
          Integer.parseInt(arguments[1]),
          Integer.parseInt(arguments[2]),
          List.of(arguments).subList(3, arguments.length));
    }
  }

  /// Tells URLs of log streams, then writes lines as it is told: `RATE SECONDS`.
  private static void serve(Path home) throws Exception {
    try (var api = new TestApi(home);
        var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      api.deployed("orders");
      var app = api.apps.get("orders").id();
      for (var order = orders.readLine(); order != null; order = orders.readLine()) {
        var words = order.split(" ", -1);
        if (words[0].equals("tail")) {
          var body = "{\"lines\":0,\"tail\":true}";
          var session = api.send("POST", "/apps/orders/log-sessions", body);
          say(session.json().get("logplex_url").stringValue());
        } else {
          write(api, app, Integer.parseInt(words[0]), Integer.parseInt(words[1]));
          say("written " + api.logs.newest(app));
        }
      }
    }
  }

  private static void write(TestApi api, AppId app, int rate, int seconds) throws Exception {
    var begin = System.nanoTime();
    for (var number = 0; number < rate * seconds; number++) {
      var due = begin + number * 1_000_000_000L / rate;
      while (System.nanoTime() < due) {
        Thread.sleep(1);
      }
      api.logs.add(app, Instant.now(), "app", "web.1", LINE + number);
    }
  }

  private static void measure(int tails, int rate, int seconds, List<String> flags)
      throws Exception {
    var home = Files.createTempDirectory("logs-bench");
    var server =
        new ProcessBuilder(command(flags, home)).redirectError(new File("/dev/null")).start();
    try (var answers = server.inputReader(StandardCharsets.UTF_8);
        var orders = server.outputWriter(StandardCharsets.UTF_8)) {
      orders.write(rate + " 5\n");
      orders.flush();
      answers.readLine();
      var before = residentMegabytes(server.pid());
      var readers = new ArrayList<Tail>();
      for (var i = 0; i < tails; i++) {
        orders.write("tail\n");
        orders.flush();
        readers.add(new Tail(answers.readLine()));
      }
      for (var reader : readers) {
        reader.start();
      }
      orders.write(rate + " " + seconds + "\n");
      orders.flush();
      var most = watch(server, answers, readers);
      say("lines " + (long) rate * seconds * tails);
      say("lost " + readers.stream().mapToLong(Tail::lost).sum());
      say("seconds-behind " + most.behind());
      say("megabytes " + (most.megabytes() - before));
    } finally {
      server.destroy();
      server.waitFor(20, TimeUnit.SECONDS);
      dev.slipway.source.GitRepositories.deleteTree(home);
    }
  }

  private record Most(long megabytes, double behind) {}

  private static Most watch(Process server, BufferedReader answers, List<Tail> readers)
      throws Exception {
    var written = new AtomicLong();
    var end = new AtomicLong();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            written.set(Long.parseLong(answers.readLine().split(" ", -1)[1]));
            end.set(System.nanoTime());
          } catch (IOException e) {
            written.set(-1);
          }
        });
    var megabytes = 0L;
    var limit = Long.MAX_VALUE;
    while (System.nanoTime() < limit) {
      megabytes = Math.max(megabytes, residentMegabytes(server.pid()));
      if (written.get() > 0) {
        limit = Math.min(limit, end.get() + TimeUnit.SECONDS.toNanos(20));
        if (readers.stream().allMatch(reader -> reader.last() == written.get())) {
          break;
        }
      }
      Thread.sleep(100);
    }
    readers.forEach(reader -> reader.finish(written.get()));
    return new Most(megabytes, (System.nanoTime() - end.get()) / 1e9);
  }

  private static List<String> command(List<String> flags, Path home) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), LogsBench.class.getName()));
    command.addAll(List.of("server", home.toString()));
    return command;
  }

  private static long residentMegabytes(long process) throws IOException {
    for (var line : Files.readAllLines(Path.of("/proc", Long.toString(process), "status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
      }
    }
    throw new IOException("the server is gone");
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /// One reader, which checks that no sequence is left out.
  private static final class Tail {
    private final URI url;
    private final CountDownLatch connected = new CountDownLatch(1);
    private volatile long last;
    private long lost;

    Tail(String url) {
      this.url = URI.create(url);
    }

    void start() throws InterruptedException {
      Thread.ofVirtual().start(this::read);
      connected.await();
    }

    long last() {
      return last;
    }

    long lost() {
      return lost;
    }

    void finish(long written) {
      lost += Math.max(0, written - last);
    }

    private void read() {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), url.getPort())) {
        // HTTP/1.0, so that no chunk lengths come between the events.
        var request = "GET " + url.getPath() + " HTTP/1.0\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        scan(socket.getInputStream());
      } catch (IOException ended) {
        // What is missing counts as lost.
      }
    }

    private void scan(InputStream input) throws IOException {
      var buffer = new byte[64 * 1024];
      var atStart = false;
      var inId = false;
      var id = 0L;
      for (var length = input.read(buffer); length > 0; length = input.read(buffer)) {
        connected.countDown();
        for (var i = 0; i < length; i++) {
          var b = buffer[i];
          if (b == '\n') {
            if (inId) {
              seen(id);
            }
            atStart = true;
            inId = false;
          } else if (atStart) {
            atStart = false;
            inId = b == 'i';
            id = 0;
          } else if (inId && b >= '0' && b <= '9') {
            id = id * 10 + b - '0';
          }
        }
      }
    }

    private void seen(long id) {
      lost += last == 0 ? 0 : Math.abs(id - last - 1);
      last = id;
    }
  }
}
