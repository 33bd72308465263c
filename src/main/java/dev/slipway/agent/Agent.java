package dev.slipway.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.logging.Logger;

/// The agent of a host: holds the way to the host's engine open for control. It listens on no port;
/// it comes to control, again and again while that is away.
public final class Agent {
  private static final Logger LOG = Logger.getLogger(Agent.class.getName());
  private static final Duration SHORTEST = Duration.ofMillis(250);
  private static final Duration LONGEST = Duration.ofMillis(2500);

  private final Settings settings;
  private final HostGauge gauge;
  private Duration pause = SHORTEST;
  private String lastTold = "";

  /// What an agent works with.
  ///
  /// @param control the host name that control has
  /// @param port where it lets agents come
  /// @param files the directory of `agent.crt`, `agent.key` and `ca.crt`
  /// @param engine the socket of this host's engine
  public record Settings(String control, int port, Path files, Path engine) {
    /// Reads `HOST:PORT DIRECTORY`; the engine is where it always is.
    public static Settings of(String address, String files) {
      var colon = address.lastIndexOf(':');
      return new Settings(
          address.substring(0, colon),
          Integer.parseInt(address.substring(colon + 1)),
          Path.of(files),
          Path.of("/var/run/docker.sock"));
    }

    private MutualTls tls() throws IOException {
      return MutualTls.read(
          files.resolve("agent.crt"), files.resolve("agent.key"), files.resolve("ca.crt"));
    }
  }

  /// An agent that does nothing yet.
  public Agent(Settings settings) {
    this.settings = settings;
    this.gauge = new HostGauge(Path.of("/proc"), Path.of("/"));
  }

  /// Serves control until the thread is interrupted. Certificates are read for each session, so
  /// that a new one needs no new agent.
  public void run() throws InterruptedException {
    // A name that was good a moment ago may be another address now.
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    while (true) {
      try (var session = new AgentSession(settings.tls(), settings, gauge)) {
        session.run(this::accepted);
      } catch (IOException ended) {
        tell("No way to control: " + ended.getMessage());
      }
      Thread.sleep(pause.toMillis() / 2 + ThreadLocalRandom.current().nextLong(pause.toMillis()));
      pause = pause.multipliedBy(2).compareTo(LONGEST) < 0 ? pause.multipliedBy(2) : LONGEST;
    }
  }

  private void accepted() {
    pause = SHORTEST;
    tell("Control has this host's engine");
  }

  /// Once, and not at each try.
  private void tell(String text) {
    if (!text.equals(lastTold)) {
      lastTold = text;
      LOG.info(text);
    }
  }
}
