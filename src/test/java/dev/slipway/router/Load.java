package dev.slipway.router;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Clients that post without pause, each on a connection of its own that it keeps while it may.
final class Load {
  final AtomicInteger done = new AtomicInteger();
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();

  Load(int port, String host, int clients) {
    for (var i = 0; i < clients; i++) {
      threads.add(Thread.ofVirtual().start(() -> post(port, host)));
    }
  }

  private void post(int port, String host) {
    while (!stopped.get()) {
      try (var wire = new Wire(port)) {
        while (!stopped.get()) {
          wire.send(Wire.request("POST", host, "/", "body"));
          var answer = wire.answer();
          if (answer.status() != 200) {
            problems.add("status " + answer.status());
          }
          done.incrementAndGet();
          if ("close".equals(answer.headers().get("connection"))) {
            break;
          }
        }
      } catch (IOException lost) {
        problems.add(lost.toString());
      }
    }
  }

  void stop() throws InterruptedException {
    stopped.set(true);
    for (var thread : threads) {
      thread.join();
    }
  }

  List<String> problems() {
    return List.copyOf(problems);
  }
}
