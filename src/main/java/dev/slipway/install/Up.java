package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/// Brings this machine up, step by step.
final class Up {
  /// Gate and router come last: nothing that they front is away while they are replaced.
  private static final List<String> ORDER =
      List.of("wall", "registry", "builder", "control", "agent", "gate", "router");

  /// What runs on one manager at a time.
  private static final List<String> STANDING_BY = List.of("registry", "builder", "control");

  private static final Duration CONTROL_PATIENCE = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Installation installation;
  private final Packages packages;

  Up(Installation installation, Consent consent) {
    this.installation = installation;
    this.packages = new Packages(consent, installation.ledger());
  }

  List<Step> steps() {
    var steps = new ArrayList<Step>();
    steps.add(new Step("This machine", _ -> checkMachine()));
    steps.add(new Step("Docker Engine", this::engine));
    steps.add(new Step("Base image", this::baseImage));
    steps.add(new Step("System images", this::systemImages));
    steps.add(new Step("Secrets", _ -> secrets()));
    steps.add(new Step("Certificates", _ -> certificates()));
    steps.add(new Step("Swarm of one", _ -> installation.systemNetworks().ensureSwarm()));
    steps.add(new Step("This host", _ -> new Hosts(installation).openOwn()));
    steps.add(new Step("Networks", _ -> installation.systemNetworks().ensureNetworks()));
    for (var part : ORDER) {
      if (part.equals("control")) {
        steps.add(new Step("Apps", _ -> wakeApps()));
      }
      if (part.equals("agent")) {
        steps.add(new Step("Agent's certificate", _ -> agentCertificate()));
      }
      if (installation.checkout().hasImage(part)) {
        steps.add(new Step(capitalized(part), detail -> container(part, detail)));
      }
    }
    steps.add(new Step("Health", this::awaitHealth));
    return steps;
  }

  private String checkMachine() {
    if (!"root".equals(System.getProperty("user.name"))) {
      throw problem(
          "`slipway up` must run as root",
          "it installs packages, makes networks and keeps its state in " + Home.DEFAULT,
          "Run `sudo ./slipway up`.");
    }
    if (!System.getProperty("os.name").equals("Linux")) {
      throw problem("Slipway runs on Linux", "this is " + System.getProperty("os.name"), null);
    }
    Home.makePrivate(installation.home().directory());
    ControlSettings.read(installation.home());
    return distribution()
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " CPUs, "
        + (Installation.memoryBytes() >> 30)
        + " GB";
  }

  private String engine(Consumer<String> detail) {
    return new EngineSetup(installation.docker(), packages, installation.ledger()).ensure(detail);
  }

  private String baseImage(Consumer<String> detail) {
    return new BaseImage(installation.images(), installation.ledger(), packages).ensure(detail);
  }

  private String systemImages(Consumer<String> detail) {
    return new SystemImages(installation.images(), installation.checkout()).ensure(detail);
  }

  private String secrets() {
    var note = new Secrets(installation.home()).ensure();
    new ImageStore(installation).renew();
    return note;
  }

  private String certificates() {
    return new CertificateAuthority(installation.home(), hostName()).ensure();
  }

  private String agentCertificate() {
    return new CertificateAuthority(installation.home(), hostName())
        .ensureAgent(installation.nodes().own());
  }

  private String container(String part, Consumer<String> detail) {
    if (STANDING_BY.contains(part) && new Managers(installation).controlIsElsewhere()) {
      return standBy(part, detail);
    }
    var note = new HostParts(installation.docker()).ensure(installation.parts().spec(part), detail);
    if (part.equals("control") && !note.equals("running")) {
      // A new router asks it for certificates and the table. The step "Health" says when it is
      // silent.
      Health.await(part, CONTROL_PATIENCE);
    }
    return note;
  }

  /// Control runs on another manager, and the parts that go with it.
  private String standBy(String part, Consumer<String> detail) {
    var parts = new HostParts(installation.docker());
    var spec = installation.parts().spec(part);
    var note = part.equals("control") ? parts.ensure(spec, detail) : parts.make(spec);
    return note + "; another manager's runs";
  }

  /// Gives back to each dyno the replica that `down` took, before control looks for them.
  private String wakeApps() {
    var asleep = installation.swarm().labelled(Down.ASLEEP + "=yes");
    asleep.forEach(service -> installation.swarm().scale(service, 1, Map.of(Down.ASLEEP, "no")));
    return asleep.isEmpty() ? "nothing to wake" : asleep.size() + " dynos woken";
  }

  private String awaitHealth(Consumer<String> detail) {
    var standsBy = new Managers(installation).controlIsElsewhere();
    if (installation.checkout().hasImage("builder") && !standsBy) {
      new BuilderSetup(installation.containers(), installation.images()).finish(detail);
    }
    for (var part : Health.ANSWERING) {
      if (installation.checkout().hasImage(part) && !(standsBy && part.equals("control"))) {
        detail.accept("waiting for " + part);
        if (!Health.await(part, PATIENCE)) {
          throw silent(part, lastLines(part));
        }
      }
    }
    return "all answer";
  }

  private List<String> lastLines(String part) {
    return installation.containers().lastLines(SystemParts.container(part), 10);
  }

  /// A part that knows why it can't run told it last.
  static UserError silent(String part, List<String> lastLines) {
    return Problem.lastTold(ErrorCode.UNAVAILABLE, lastLines)
        .map(UserError::new)
        .orElseGet(() ->
            problem(
                "The " + part + " does not answer",
                String.join("\n", lastLines),
                "`docker logs "
                    + SystemParts.container(part)
                    + "` says more; `./slipway doctor` looks for a cause."));
  }

  private static String distribution() {
    try {
      return Files.readAllLines(Path.of("/etc/os-release")).stream()
          .filter(line -> line.startsWith("PRETTY_NAME="))
          .map(line -> line.substring("PRETTY_NAME=".length()).replace("\"", ""))
          .findFirst()
          .orElse("Linux");
    } catch (IOException e) {
      return "Linux";
    }
  }

  static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "localhost";
    }
  }

  private static String capitalized(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  private static UserError problem(
      String what,
      @org.jspecify.annotations.Nullable String why,
      @org.jspecify.annotations.Nullable String hint) {
    return new UserError(new Problem(ErrorCode.UNAVAILABLE, what, why, hint));
  }
}
