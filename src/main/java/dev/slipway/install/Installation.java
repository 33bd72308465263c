package dev.slipway.install;

import com.sun.management.OperatingSystemMXBean;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.engine.Containers;
import dev.slipway.engine.DockerApi;
import dev.slipway.engine.Images;
import dev.slipway.engine.Networks;
import dev.slipway.engine.SwarmNodes;
import dev.slipway.engine.SwarmSetup;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.function.Consumer;

/// Slipway on this machine: brings it up and down and says how it is. Not for use from more than
/// one thread; two processes at once keep out of each other's way.
public final class Installation implements AutoCloseable {
  private final DockerApi docker = new DockerApi(EngineSetup.SOCKET);
  private final Checkout checkout;
  private final Home home;
  private final Ledger ledger;

  private Installation(Checkout checkout, Home home) {
    this.checkout = checkout;
    this.home = home;
    this.ledger = new Ledger(home);
  }

  /// The installation of this machine.
  public static Installation ofThisMachine() {
    return new Installation(Checkout.ofThisCode(), new Home(Home.DEFAULT));
  }

  /// Brings everything up; what is there already is left alone.
  public void up(Consent consent, Progress progress) {
    try (var _ = MachineLock.take()) {
      Steps.run(new Up(this, consent).steps(), progress, "./slipway up");
    }
  }

  /// Stops everything that Slipway runs; nothing is lost.
  public void down(Progress progress) {
    try (var _ = MachineLock.take()) {
      Steps.run(new Down(this).stop(), progress, "./slipway down");
    }
  }

  /// Removes everything that `up` made on this machine.
  public void purge(Progress progress) {
    try (var _ = MachineLock.take()) {
      Steps.run(new Down(this).purge(), progress, "./slipway down --purge");
    }
  }

  /// Deploys where control does not run, by the same steps and on the same state.
  ///
  /// @param what an image of this machine, or the version of a release, such as `v12`
  /// @param lines receives what is told, as it comes
  /// @throws UserError where control runs, or the release did not go live
  public void deployDirectly(String app, String what, Consumer<String> lines) {
    environment();
    try (var _ = MachineLock.take()) {
      new DirectDeploys(this).deploy(app, what, lines);
    }
  }

  /// How Slipway's parts are.
  public Status status() {
    return Status.of(this);
  }

  /// What is wrong with this machine and its installation, if anything.
  public java.util.List<Finding> examine() {
    return new Doctor(this).examine();
  }

  /// What a shell needs to know to use this installation with the stock clients.
  ///
  /// @throws UserError where there is no installation
  public ClientEnvironment environment() {
    if (!Files.isReadable(home.secret(Secrets.API_KEY))) {
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              "Slipway is not up on this machine",
              null,
              "Run `./slipway up` first."));
    }
    return new ClientEnvironment(
        home,
        home.tools(),
        ClientPorts.OWN,
        () -> new Secret(Secrets.read(home.secret(Secrets.API_KEY))));
  }

  /// The stock Heroku command, set up for this installation.
  public HerokuClient heroku() {
    return new HerokuClient(environment());
  }

  /// Who may use this installation.
  public Users users() {
    var environment = environment();
    return new Users(environment.api(), environment.apiKey());
  }

  /// The schedules of apps.
  ///
  /// @throws UserError where there is no installation
  public AppSchedules schedules() {
    var environment = environment();
    return new AppSchedules(environment.api(), environment.apiKey());
  }

  /// Dynos and receipts of apps.
  public AppState apps() {
    var environment = environment();
    return new AppState(environment.api(), environment.apiKey());
  }

  /// The databases that apps have.
  public DatabaseCommands databases() {
    var environment = environment();
    return new DatabaseCommands(environment.api(), environment.apiKey());
  }

  /// The Redis that apps have.
  public RedisCommands redis() {
    var environment = environment();
    return new RedisCommands(environment.api(), environment.apiKey());
  }

  /// The machines of the fleet.
  ///
  /// @throws UserError where there is no installation
  public Hosts hosts() {
    environment();
    return new Hosts(this);
  }

  /// Where images are kept.
  ///
  /// @throws UserError where there is no installation
  public Stores stores() {
    environment();
    return new Stores(this);
  }

  /// Copies of control's state, on this machine.
  public StateCopies stateCopies() {
    return new StateCopies(home);
  }

  /// Shows on a sample what Slipway does.
  ///
  /// @param testHosts how many test hosts join this machine before
  public Demo.Receipt demo(int testHosts, Progress progress) {
    return new Demo(this, testHosts).run(progress);
  }

  /// Where the source tree lies.
  public Checkout checkout() {
    return checkout;
  }

  Home home() {
    return home;
  }

  Ledger ledger() {
    return ledger;
  }

  DockerApi docker() {
    return docker;
  }

  Containers containers() {
    return new Containers(docker);
  }

  Images images() {
    return new Images(docker);
  }

  SwarmSetup swarm() {
    return new SwarmSetup(docker);
  }

  SwarmNodes nodes() {
    return new SwarmNodes(docker);
  }

  Networks networks() {
    return new Networks(docker);
  }

  SystemNetworks systemNetworks() {
    return new SystemNetworks(swarm(), networks(), ledger);
  }

  SystemParts parts() {
    return new SystemParts(
        home,
        systemNetworks().dynosNetwork(),
        SystemParts.FIRST_PLACE,
        new HostParts(docker).gateId(),
        Runtime.getRuntime().availableProcessors(),
        memoryBytes());
  }

  static long memoryBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  @Override
  public void close() {
    try {
      docker.close();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
