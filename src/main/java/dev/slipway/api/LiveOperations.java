package dev.slipway.api;

import dev.slipway.apps.App;
import dev.slipway.apps.Domain;
import dev.slipway.apps.FormationEntry;
import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.AppName;
import dev.slipway.core.ProcessType;
import dev.slipway.deploy.AppChanges;
import dev.slipway.deploy.Build;
import dev.slipway.deploy.Builds;
import dev.slipway.deploy.Deploy;
import dev.slipway.deploy.ImageReleases;
import dev.slipway.deploy.ScaleRequest;
import dev.slipway.release.Release;
import dev.slipway.release.Slug;
import dev.slipway.rollout.DynoSelection;
import dev.slipway.rollout.DynoView;
import dev.slipway.rollout.Dynos;
import dev.slipway.rollout.PostDeploy;
import dev.slipway.rollout.Receipt;
import dev.slipway.rollout.Receipts;
import dev.slipway.source.SourceTree;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Has everything done by the services of deploy and rollout. Thread-safe.
public final class LiveOperations implements Operations {
  private final AppChanges changes;
  private final Builds builds;
  private final Deploy deploy;
  private final Dynos dynos;
  private final Receipts receipts;
  private final PostDeploy postDeploy;
  private final ImageReleases imageReleases;

  /// Operations by these services.
  public LiveOperations(
      AppChanges changes,
      Builds builds,
      Deploy deploy,
      Dynos dynos,
      Receipts receipts,
      PostDeploy postDeploy,
      ImageReleases imageReleases) {
    this.changes = changes;
    this.builds = builds;
    this.deploy = deploy;
    this.dynos = dynos;
    this.receipts = receipts;
    this.postDeploy = postDeploy;
    this.imageReleases = imageReleases;
  }

  @Override
  public App create(@Nullable AppName name, AccountId by) {
    return changes.create(name, by);
  }

  @Override
  public App rename(App app, AppName name) {
    return changes.rename(app, name);
  }

  @Override
  public App setMaintenance(App app, boolean maintenance) {
    return changes.setMaintenance(app, maintenance);
  }

  @Override
  public void destroy(App app) {
    changes.destroy(app);
  }

  @Override
  public Release setConfig(App app, Map<String, @Nullable String> values, AccountId by) {
    return changes.setConfig(app, values, by);
  }

  @Override
  public Release rollback(App app, Release target, AccountId by) {
    imageReleases.requireKept(target);
    return changes.rollback(app, target, by);
  }

  @Override
  public Release release(App app, Slug slug, String description, AccountId by) {
    return changes.release(app, slug, description, by);
  }

  @Override
  public Release releaseImages(
      App app, SortedMap<ProcessType, Optional<String>> images, AccountId by) {
    return imageReleases.release(app, images, by);
  }

  @Override
  public boolean isPhaseAhead(Release release) {
    return changes.isPhaseAhead(release);
  }

  @Override
  public List<FormationEntry> scale(App app, List<ScaleRequest> requests, AccountId by) {
    return changes.scale(app, requests, by);
  }

  @Override
  public void restart(App app, DynoSelection selection) {
    changes.restart(app, selection);
  }

  @Override
  public Domain addDomain(App app, String hostname) {
    return changes.addDomain(app, hostname);
  }

  @Override
  public Domain removeDomain(App app, String hostnameOrId) {
    return changes.removeDomain(app, hostnameOrId);
  }

  @Override
  public void publishRoutes() {
    changes.publishRoutes();
  }

  @Override
  public Build startBuild(App app, String commit, AccountId by) {
    return builds.start(app.id(), commit, by);
  }

  @Override
  public Build build(AppId app, String id) {
    return builds.get(app, id);
  }

  @Override
  public List<Build> builds(AppId app) {
    return builds.list(app);
  }

  @Override
  public Path output(Build build) {
    return builds.output(build);
  }

  @Override
  public void failBuild(Build build, String why) {
    builds.fail(build, why);
  }

  @Override
  public Release deploy(
      App app, SourceTree source, AccountId by, Build build, Consumer<String> lines) {
    return deploy.deploy(app, source, by, build, lines);
  }

  @Override
  public boolean isRouting() {
    return changes.isRouting();
  }

  @Override
  public Optional<PostDeploy.Ended> postDeploy(App app, String command)
      throws InterruptedException {
    return postDeploy.run(app, command);
  }

  @Override
  public void endPostDeploy(App app) {
    postDeploy.remove(app);
  }

  @Override
  public List<DynoView> dynos(AppId app) {
    return dynos.list(app);
  }

  @Override
  public List<Receipt> receipts(AppId app) {
    return receipts.list(app);
  }
}
