package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.engine.SwarmNodes.Node;
import dev.slipway.image.Credential;
import dev.slipway.image.ImageServer;
import dev.slipway.image.ImageServerException;
import dev.slipway.install.ImageTree.Amount;
import dev.slipway.objects.ObjectStore;
import dev.slipway.objects.StoreSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Where images and backups of databases are kept, and how they get elsewhere.
public final class Stores {
  private static final String REGISTRY = SystemParts.container("registry");
  private static final int STOP_SECONDS = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Installation installation;
  private final ImageStore images;
  private final BackupPlace backups;

  Stores(Installation installation) {
    this.installation = installation;
    this.images = new ImageStore(installation);
    this.backups = new BackupPlace(installation.home(), java.time.Clock.systemUTC());
  }

  /// Where something is kept.
  ///
  /// @param what `images` or `backups`
  /// @param place `s3://BUCKET/PREFIX`, or `local`
  /// @param endpoint the store's address; null for `local`
  /// @param key the id of the key that is used there; null for the machine's role
  /// @param bytesHere how much of it is on this machine's disk; other hosts have backups, too
  /// @param problem why the store can't be used now, if it can't
  public record Kept(
      String what,
      String place,
      @Nullable String endpoint,
      @Nullable String region,
      @Nullable String key,
      long bytesHere,
      @Nullable String problem) {}

  /// Where everything is kept.
  public List<Kept> list() {
    return List.of(
        kept("images", images.settings(), tree().map(ImageTree::bytes).orElse(0L)),
        kept(
            "backups",
            backups.choice().inStore(),
            FileTree.bytes(installation.home().directory().resolve("backups"))));
  }

  private Kept kept(String what, Optional<StoreSettings> store, long here) {
    return store
        .map(settings ->
            new Kept(
                what,
                settings.place().url(),
                settings.place().endpoint().toString(),
                settings.place().region(),
                settings.key() == null ? null : settings.key().id(),
                here,
                problem(settings)))
        .orElseGet(() -> new Kept(what, "local", null, null, null, here, null));
  }

  private @Nullable String problem(StoreSettings settings) {
    try (var store = images.open(settings)) {
      store.probe();
      return null;
    } catch (UserError e) {
      return e.problem().sentence();
    }
  }

  /// Keeps images in that store from now on, those too that are on this machine.
  ///
  /// @throws UserError when the store can't be used; nothing was changed then
  public void useForImages(StoreSettings settings, Progress progress) {
    try (var _ = MachineLock.take();
        var store = images.open(settings)) {
      Steps.run(
          List.of(
              new Step("Store", _ -> tried(settings, store)),
              new Step("Images", detail -> copyOut(store, detail)),
              new Step("Image server", detail -> moveOut(settings, store, detail)),
              new Step("Managers", _ -> tellManagers(Promotion::renewImageServer))),
          progress,
          command(settings, "images"));
    }
  }

  /// The same command again; where its authority is, nobody has written down.
  private static String command(StoreSettings settings, String what) {
    var place = settings.place();
    return "./slipway store "
        + place.url()
        + " --endpoint "
        + place.endpoint()
        + " --region "
        + place.region()
        + (settings.authority() == null ? "" : " --authority FILE")
        + (settings.key() == null ? " --role" : "")
        + " --for "
        + what;
  }

  /// Keeps images on this machine from now on, those too that are in the store.
  public void useThisMachineForImages(Progress progress) {
    try (var _ = MachineLock.take();
        var store = images.settings().map(images::open).orElse(null)) {
      var steps = new ArrayList<Step>();
      if (store != null) {
        steps.add(new Step("Store", _ -> triedBefore(store)));
        steps.add(new Step("Images", detail -> copyIn(store, detail)));
        steps.add(new Step("Image server", detail -> moveIn(store, detail)));
      }
      steps.add(new Step("Managers", _ -> tellManagers(Promotion::renewImageServer)));
      Steps.run(steps, progress, "./slipway store local --for images");
    }
  }

  /// Has databases take their backups in that store from now on, the first one at once.
  ///
  /// @throws UserError when the store can't be used; nothing was changed then
  public void useForBackups(StoreSettings settings, Progress progress) {
    requireTakesBackups(settings);
    try (var _ = MachineLock.take();
        var store = images.open(settings)) {
      Steps.run(
          List.of(
              new Step("Store", _ -> triedBefore(store)),
              new Step("Backups", _ -> choose(settings)),
              new Step("Managers", _ -> tellManagers(Promotion::renewBackupPlace))),
          progress,
          command(settings, "backups"));
    }
  }

  /// Requires a store that backups can go to.
  ///
  /// @throws UserError invalid_params, where it is none
  public static void requireTakesBackups(StoreSettings settings) {
    if (!"https".equals(settings.place().endpoint().getScheme())) {
      throw problem(
          ErrorCode.INVALID_PARAMS,
          "Backups go to stores by https alone",
          "pgBackRest knows no other way",
          "--for images takes " + settings.place().endpoint());
    }
  }

  /// Has databases take their backups on their own hosts from now on.
  public void useOwnHostsForBackups(Progress progress) {
    try (var _ = MachineLock.take()) {
      Steps.run(
          List.of(
              new Step("Backups", _ -> chooseOwnHosts()),
              new Step("Managers", _ -> tellManagers(Promotion::renewBackupPlace))),
          progress,
          "./slipway store local --for backups");
    }
  }

  private String chooseOwnHosts() {
    requireManagers();
    return backups.choice().inStore().isEmpty() ? "are there already" : choose(null);
  }

  private String choose(@Nullable StoreSettings settings) {
    backups.choose(settings);
    return "each database takes one within a minute";
  }

  private String tried(StoreSettings settings, ObjectStore store) {
    var before = images.settings().map(StoreSettings::place);
    if (before.isPresent() && !before.get().equals(settings.place())) {
      throw problem(
          ErrorCode.CONFLICT,
          "Images are in " + before.get().url(),
          "they are copied between a store and this machine, not between two stores",
          "`./slipway store local --for images` first, then this again");
    }
    return triedBefore(store);
  }

  private String triedBefore(ObjectStore store) {
    requireManagers();
    store.probe();
    return "takes, lists and gives back";
  }

  private void requireManagers() {
    requireHere();
    others().forEach(Stores::requireReach);
  }

  /// What another manager's image server has taken lies there.
  private void requireHere() {
    if (new Managers(installation).controlIsElsewhere()) {
      throw problem(
          ErrorCode.CONFLICT,
          "Another manager's image server runs now",
          "what it has taken is on its disk",
          "./slipway hosts shows which; when control is here again, run this again");
    }
  }

  private static void requireReach(Node node) {
    if (!node.ready() || !node.labels().containsKey(Hosts.SSH)) {
      throw problem(
          ErrorCode.UNAVAILABLE,
          "The manager " + node.hostName() + " is out of reach",
          "its image server would look for images elsewhere when it takes over",
          "Bring it back, or: ./slipway hosts demote " + node.hostName());
    }
  }

  private String copyOut(ObjectStore store, Consumer<String> detail) {
    return isInStore()
        ? "are there already"
        : tree().map(tree -> tree.copyTo(store, detail) + " copied").orElse("none yet");
  }

  /// Only what came meanwhile is left to be copied while the image server stands still.
  private String moveOut(StoreSettings settings, ObjectStore store, Consumer<String> detail) {
    var copied = new Amount(0, 0);
    if (!isInStore()) {
      copied =
          standingStill(
              () -> tree().map(tree -> tree.copyTo(store, detail)).orElse(new Amount(0, 0)));
    }
    var before = images.settings();
    try {
      images.use(settings);
      var note = started();
      requireImages();
      return note + ", " + copied + " more";
    } catch (RuntimeException e) {
      before.ifPresentOrElse(images::use, images::useVolume);
      started();
      throw e;
    }
  }

  /// The image server answers also where it can't reach its store: it is asked for something that
  /// it must look up there.
  private void requireImages() {
    var credential =
        new Credential(
            "slipway", new Secret(Secrets.read(home().secret(Secrets.REGISTRY_PASSWORD))));
    var server = new ImageServer(URI.create("http://127.0.0.1:5000"), credential);
    var said = new AtomicReference<>("");
    if (!Waiting.until(PATIENCE, () -> looksUp(server, said))) {
      throw problem(
          ErrorCode.UNAVAILABLE,
          "The image server can't use the store",
          "this machine can, but from inside its container: " + said.get(),
          "`docker logs " + REGISTRY + "` may say more. Images are where they were.");
    }
  }

  private static boolean looksUp(ImageServer server, AtomicReference<String> said) {
    try {
      server.find("slipway-probe", "none");
      return true;
    } catch (ImageServerException e) {
      said.set(String.valueOf(e.getMessage()));
      return false;
    }
  }

  private String copyIn(ObjectStore store, Consumer<String> detail) {
    installation
        .containers()
        .createVolume(ImageStore.VOLUME, java.util.Map.of(SystemParts.LABEL, "volume"));
    return tree().orElseThrow().copyFrom(store, detail) + " copied";
  }

  private String moveIn(ObjectStore store, Consumer<String> detail) {
    var tree = tree().orElseThrow();
    // It stands still where this was broken off before.
    installation.containers().start(REGISTRY);
    var user = id("-u");
    var group = id("-g");
    var copied =
        standingStill(() -> {
          var more = tree.copyFrom(store, detail);
          tree.give(user, group);
          images.useVolume();
          return more;
        });
    return started() + ", " + copied + " more";
  }

  /// Who the image server runs as.
  private int id(String option) {
    var said = new ArrayList<String>();
    installation
        .containers()
        .execute(REGISTRY, List.of("id", option), java.io.InputStream.nullInputStream(), said::add);
    return Integer.parseInt(String.join("", said).strip());
  }

  /// The image server that was stopped is started again where the work fails.
  private Amount standingStill(java.util.function.Supplier<Amount> work) {
    installation.containers().stop(REGISTRY, STOP_SECONDS);
    try {
      return work.get();
    } catch (RuntimeException e) {
      installation.containers().start(REGISTRY);
      throw e;
    }
  }

  private String started() {
    var note =
        new HostParts(installation.docker()).ensure(installation.parts().spec("registry"), _ -> {});
    if (!Health.await("registry", PATIENCE)) {
      throw Up.silent("registry", installation.containers().lastLines(REGISTRY, 10));
    }
    return note;
  }

  private String tellManagers(BiConsumer<Promotion, HostConnection> what) {
    requireManagers();
    var others = others();
    for (var node : others) {
      var url = java.util.Objects.requireNonNull(node.labels().get(Hosts.SSH));
      try (var host = HostConnection.open(List.of("ssh"), RemoteHost.of(url), hosts(), false)) {
        what.accept(new Promotion(installation, node), host);
      }
    }
    return others.isEmpty() ? "none but this" : others.size() + " told";
  }

  private List<Node> others() {
    var nodes = installation.nodes();
    var own = nodes.own();
    return nodes.list().stream().filter(node -> node.manager() && !node.id().equals(own)).toList();
  }

  private boolean isInStore() {
    return images.settings().isPresent();
  }

  private Optional<ImageTree> tree() {
    return installation.containers().volume(ImageStore.VOLUME).map(ImageTree::new);
  }

  private Home home() {
    return installation.home();
  }

  private Path hosts() {
    return home().directory().resolve("hosts");
  }

  private static UserError problem(
      ErrorCode code, String what, @Nullable String why, @Nullable String hint) {
    return new UserError(new Problem(code, what, why, hint));
  }
}
