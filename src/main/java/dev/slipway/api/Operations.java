package dev.slipway.api;

import dev.slipway.apps.App;
import dev.slipway.apps.Domain;
import dev.slipway.apps.FormationEntry;
import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.AppName;
import dev.slipway.core.ProcessType;
import dev.slipway.deploy.Build;
import dev.slipway.deploy.ScaleRequest;
import dev.slipway.release.Release;
import dev.slipway.release.Slug;
import dev.slipway.rollout.DynoSelection;
import dev.slipway.rollout.DynoView;
import dev.slipway.rollout.PostDeploy;
import dev.slipway.rollout.Receipt;
import dev.slipway.source.SourceTree;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What the HTTP edge asks to be done to running apps. Each method throws `UserError` when the
/// request can't be met. In the server these are the deploy and rollout services; tests of the edge
/// answer in their place.
public interface Operations {
  /// Makes an app, with a name of our choice for null, and its release v1.
  App create(@Nullable AppName name, AccountId by);

  /// Gives the app another name.
  App rename(App app, AppName name);

  /// Turns the maintenance page on or off.
  App setMaintenance(App app, boolean maintenance);

  /// Removes the app with its dynos, images and code.
  void destroy(App app);

  /// Changes config vars (null removes one) by a new release, whose rollout goes on afterwards.
  Release setConfig(App app, Map<String, @Nullable String> changes, AccountId by);

  /// Makes a new release of what an earlier one was.
  Release rollback(App app, Release target, AccountId by);

  /// Makes a new release of a slug that is there already.
  Release release(App app, Slug slug, String description, AccountId by);

  /// Gives process types the images of these digests, or takes them out, by a new release.
  Release releaseImages(App app, SortedMap<ProcessType, Optional<String>> images, AccountId by);

  /// Whether the release's command is still to end, or to begin.
  boolean isPhaseAhead(Release release);

  /// Changes how many dynos run; gives the whole formation.
  List<FormationEntry> scale(App app, List<ScaleRequest> requests, AccountId by);

  /// Replaces dynos by fresh ones.
  void restart(App app, DynoSelection dynos);

  /// Adds a domain.
  Domain addDomain(App app, String hostname);

  /// Removes a domain, by host name or id.
  Domain removeDomain(App app, String hostnameOrId);

  /// Has the routers use what is recorded of apps now: domains, certificates, features.
  void publishRoutes();

  /// Records that a build begins.
  Build startBuild(App app, String commit, AccountId by);

  /// The build of that id.
  Build build(AppId app, String id);

  /// The app's builds, oldest first.
  List<Build> builds(AppId app);

  /// The file that holds what the build wrote.
  Path output(Build build);

  /// Marks a build as failed that came to its end before its source could be built, and keeps why.
  void failBuild(Build build, String why);

  /// Builds, releases and rolls out, and returns when that is done. Lines go to the client and into
  /// the build's output.
  Release deploy(App app, SourceTree source, AccountId by, Build build, Consumer<String> lines);

  /// Whether a router is there to take requests.
  boolean isRouting();

  /// Runs a command once in the app's live release.
  ///
  /// @return how it ended; nothing when it took too long
  Optional<PostDeploy.Ended> postDeploy(App app, String command) throws InterruptedException;

  /// Ends such a command that an earlier process of control left running.
  void endPostDeploy(App app);

  /// The app's dynos.
  List<DynoView> dynos(AppId app);

  /// What each rollout cost, newest first.
  List<Receipt> receipts(AppId app);
}
