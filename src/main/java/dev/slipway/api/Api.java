package dev.slipway.api;

import dev.slipway.source.GitHttp;
import dev.slipway.source.GitRepositories;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Map;
import java.util.UUID;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.jspecify.annotations.Nullable;

/// The HTTP server: Heroku's Platform API, and git, on the same ports. Thread-safe.
public final class Api implements AutoCloseable {
  private static final long MOST_DISCARDED = 64L * 1024 * 1024;

  private final ApiConnectors connectors;
  private final RateLimits limits = new RateLimits(System::nanoTime);
  private final LogEndpoints logEndpoints;
  private final BrowserLogins browserLogins;
  private final ApiServices services;
  private final ApiSettings settings;
  private final Views views;
  private final TarballFetch tarballs;
  private final GitHttp git;
  private final SetupRuns setupRuns;
  private @Nullable Javalin server;

  /// An API in front of these services; it listens from `start` on.
  public Api(ApiSettings settings, ApiServices services) {
    this.settings = settings;
    this.services = services;
    this.connectors = new ApiConnectors(settings);
    this.views = new Views(services.accounts(), services.releases(), settings);
    services.apps().events().listen(webhookEvents()::happened);
    this.logEndpoints = new LogEndpoints(services.apps(), services.logs(), services.clock());
    this.browserLogins = new BrowserLogins(services.accounts(), services.clock());
    this.tarballs = new TarballFetch(services.uploads(), services.outbound(), TarballFetch.LONGEST);
    this.setupRuns =
        new SetupRuns(
            services.operations(),
            services.apps(),
            services.addons(),
            services.setups(),
            tarballs,
            settings.buildsDirectory());
    this.git =
        new GitHttp(
            services.repositories(),
            new GitPushes(
                services.accounts(),
                services.apps(),
                services.operations(),
                settings.buildsDirectory()));
  }

  /// Starts to listen. Source code that an earlier process left unpacked is removed: its builds
  /// died with it.
  public void start() {
    GitRepositories.deleteTree(settings.buildsDirectory());
    setupRuns.failInterrupted();
    server = Javalin.create(this::configure).start();
  }

  /// The port of plain HTTP, once started.
  public int httpPort() {
    return connectors.httpPort();
  }

  /// The port of HTTPS, once started; -1 without a certificate.
  public int tlsPort() {
    return connectors.tlsPort();
  }

  /// Ends log streams and waiting logins cleanly, then stops.
  @Override
  public void close() {
    logEndpoints.close();
    browserLogins.close();
    if (server != null) {
      server.stop();
    }
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.concurrency.useVirtualThreads = true;
    config.http.asyncTimeout = 0;
    connectors.configure(config.jetty);
    config.jetty.modifyServer(jetty -> jetty.setErrorHandler(Errors::beforeRouting));
    config.jetty.modifyServletContextHandler(this::addGit);
    config.routes.before(http -> http.header("Request-Id", UUID.randomUUID().toString()));
    config.routes.after(Api::discardBody);
    Errors.map(config.routes);
    mount(new Routes(config.routes, services.accounts(), services.apps(), limits));
  }

  /// Reads what no endpoint has read: a client that still sends when the connection closes never
  /// sees the answer.
  private static void discardBody(Context http) throws IOException {
    http.req().getInputStream().skip(MOST_DISCARDED);
  }

  private void addGit(ServletContextHandler context) {
    context.setErrorHandler(Errors::beforeRouting);
    context.getServletHandler().setDecodeAmbiguousURIs(true);
    context.addFilter(new FilterHolder(git), "/*", EnumSet.of(DispatcherType.REQUEST));
  }

  private void mount(Routes routes) {
    var apps = services.apps();
    var releases = services.releases();
    var operations = services.operations();
    var uploads = services.uploads();
    var tarballBuilds = new TarballBuilds(operations, tarballs, settings.buildsDirectory());
    routes.open(
        HandlerType.GET,
        "/health",
        http -> http.contentType("application/json").result(Json.write(Map.of("status", "up"))));
    mountAccounts(routes);
    new AppEndpoints(apps, operations, views).mount(routes);
    new ConfigEndpoints(releases, operations).mount(routes);
    new ReleaseEndpoints(releases, operations, views).mount(routes);
    new FormationEndpoints(apps, releases, operations, views).mount(routes);
    new DynoEndpoints(operations, services.oneOffs(), views).mount(routes);
    new HostEndpoints(apps, operations, services.fleet()).mount(routes);
    new DomainEndpoints(apps, services.certificates(), operations, views).mount(routes);
    new CertificateEndpoints(apps, services.certificates(), operations).mount(routes);
    new FeatureEndpoints(services.features(), operations).mount(routes);
    new BuildpackEndpoints().mount(routes);
    new BuildEndpoints(apps, operations, tarballBuilds, uploads, views).mount(routes);
    new PlatformEndpoints(operations).mount(routes);
    new SetupEndpoints(setupRuns, services.setups(), operations, settings).mount(routes);
    new SlugEndpoints(releases).mount(routes);
    new ReleaseOutputs(releases, operations, services.logs()).mount(routes);
    new PipelineEndpoints(services.pipelines(), apps, views).mount(routes);
    new AddonServiceEndpoints(services.addons()).mount(routes);
    new AddonEndpoints(services.addons(), apps).mount(routes);
    new AttachmentEndpoints(services.addons(), apps).mount(routes);
    new PostgresEndpoints(services.addons(), apps, services.databases()).mount(routes);
    new RedisEndpoints(services.addons(), apps, services.redis()).mount(routes);
    new StandbyEndpoints(services.addons(), apps, services.databases()).mount(routes);
    mountBackups(routes);
    new PromotionEndpoints(services.pipelines(), services.promotions(), releases).mount(routes);
    new RegistryEndpoints(services.accounts(), apps, services.pushedImages()).mount(routes);
    logEndpoints.mount(routes);
    new DrainEndpoints(services.drains()).mount(routes);
    new ScheduleEndpoints(services.schedules(), services.logs()).mount(routes);
    new WebhookEndpoints(services.webhooks()).mount(routes);
  }

  private void mountBackups(Routes routes) {
    var databases = services.databases();
    new BackupEndpoints(services.addons(), services.apps(), databases).mount(routes);
    new DumpEndpoints(databases.backups(), databases.dumps(), connectors).mount(routes);
  }

  private WebhookEvents webhookEvents() {
    return new WebhookEvents(services, views, "http://localhost:" + settings.httpPort());
  }

  private void mountAccounts(Routes routes) {
    var accounts = services.accounts();
    var own = new AccountEndpoints(accounts, limits);
    own.mount(routes);
    new UserEndpoints(accounts, services.apps(), services.pipelines(), own).mount(routes);
    new AuthorizationEndpoints(accounts.authorizations(), services.clock()).mount(routes);
    new KeyEndpoints(accounts.sshKeys()).mount(routes);
    new AccessEndpoints(accounts, services.apps(), services.pipelines(), services.logs(), views)
        .mount(routes);
    browserLogins.mount(routes);
  }
}
