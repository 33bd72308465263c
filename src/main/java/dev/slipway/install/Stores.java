package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.SwarmNodes.Node;
import dev.slipway.install.ImageTree.Amount;
import dev.slipway.objects.ObjectStore;
import dev.slipway.objects.StoreSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Where images are kept, and how they get elsewhere.
public final class Stores {
  private static final String REGISTRY = SystemParts.container("registry");
  private static final int STOP_SECONDS = 10;

  private final Installation installation;
  private final ImageStore images;

  Stores(Installation installation) {
    this.installation = installation;
    this.images = new ImageStore(installation);
  }

  /// Where something is kept.
  ///
  /// @param what `images`
  /// @param place `s3://BUCKET/PREFIX`, or `local`
  /// @param endpoint the store's address; null for `local`
  /// @param key the id of the key that is used there; null for the machine's role
  /// @param bytesHere how much of it is on this machine's disk
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
    var here = tree().map(tree -> tree.amount().bytes()).orElse(0L);
    return List.of(
        images
            .settings()
            .map(settings -> kept(settings, here))
            .orElseGet(() -> new Kept("images", "local", null, null, null, here, null)));
  }

  private Kept kept(StoreSettings settings, long here) {
    var place = settings.place();
    return new Kept(
        "images",
        place.url(),
        place.endpoint().toString(),
        place.region(),
        settings.key() == null ? null : settings.key().id(),
        here,
        problem(settings));
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
  public void use(StoreSettings settings, Progress progress) {
    try (var _ = MachineLock.take();
        var store = images.open(settings)) {
      Steps.run(
          List.of(
              new Step("Store", _ -> tried(settings, store)),
              new Step("Images", detail -> copyOut(store, detail)),
              new Step("Image server", detail -> moveOut(settings, store, detail)),
              new Step("Managers", _ -> tellManagers())),
          progress,
          "./slipway store " + settings.place().url());
    }
  }

  /// Keeps images on this machine from now on, those too that are in the store.
  public void useThisMachine(Progress progress) {
    var settings = images.settings();
    if (settings.isEmpty()) {
      throw problem(ErrorCode.CONFLICT, "Images are kept on this machine already", null, null);
    }
    try (var _ = MachineLock.take();
        var store = images.open(settings.get())) {
      Steps.run(
          List.of(
              new Step("Store", _ -> triedBefore(store)),
              new Step("Images", detail -> copyIn(store, detail)),
              new Step("Image server", detail -> moveIn(store, detail)),
              new Step("Managers", _ -> tellManagers())),
          progress,
          "./slipway store local");
    }
  }

  private String tried(StoreSettings settings, ObjectStore store) {
    requireHere();
    var before = images.settings().map(StoreSettings::place);
    if (before.isPresent() && !before.get().equals(settings.place())) {
      throw problem(
          ErrorCode.CONFLICT,
          "Images are in " + before.get().url(),
          "they are copied between a store and this machine, not between two stores",
          "`./slipway store local` first, then this again");
    }
    return triedBefore(store);
  }

  private String triedBefore(ObjectStore store) {
    requireHere();
    others().forEach(Stores::requireReach);
    store.probe();
    return "takes, lists and gives back";
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
    images.use(settings);
    return started() + ", " + copied + " more";
  }

  private String copyIn(ObjectStore store, Consumer<String> detail) {
    installation
        .containers()
        .createVolume(ImageStore.VOLUME, java.util.Map.of(SystemParts.LABEL, "volume"));
    return tree().orElseThrow().copyFrom(store, detail) + " copied";
  }

  private String moveIn(ObjectStore store, Consumer<String> detail) {
    var tree = tree().orElseThrow();
    var user = id("-u");
    var group = id("-g");
    var copied =
        standingStill(() -> {
          var more = tree.copyFrom(store, detail);
          tree.give(user, group);
          return more;
        });
    images.useVolume();
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
    if (!Health.await("registry", java.time.Duration.ofSeconds(60))) {
      throw Up.silent("registry", installation.containers().lastLines(REGISTRY, 10));
    }
    return note;
  }

  private String tellManagers() {
    var others = others();
    for (var node : others) {
      var url = java.util.Objects.requireNonNull(node.labels().get(Hosts.SSH));
      try (var host = HostConnection.open(List.of("ssh"), RemoteHost.of(url), hosts(), false)) {
        new Promotion(installation, node).renewImageServer(host);
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

  private Path hosts() {
    return installation.home().directory().resolve("hosts");
  }

  private static UserError problem(
      ErrorCode code, String what, @Nullable String why, @Nullable String hint) {
    return new UserError(new Problem(code, what, why, hint));
  }
}
