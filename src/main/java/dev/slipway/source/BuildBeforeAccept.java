package dev.slipway.source;

import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.UserError;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.transport.PreReceiveHook;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.ReceivePack;

/// Builds a push to main or master while its client waits, and refuses it when that fails. Other
/// branches are kept without a build.
final class BuildBeforeAccept implements PreReceiveHook {
  private static final Logger LOG = System.getLogger(BuildBeforeAccept.class.getName());
  private static final Set<String> BUILT =
      Set.of(Constants.R_HEADS + "main", Constants.R_HEADS + "master");
  private static final Duration SILENCE = Duration.ofSeconds(15);

  /// Apps whose push is being built, shared by all pushes.
  static final class Busy {
    private final Set<AppId> apps = ConcurrentHashMap.newKeySet();
  }

  private final Pushes pushes;
  private final Busy busy;
  private final AppId app;
  private final String appName;
  private final AccountId by;

  BuildBeforeAccept(Pushes pushes, Busy busy, AppId app, String appName, AccountId by) {
    this.pushes = pushes;
    this.busy = busy;
    this.app = app;
    this.appName = appName;
    this.by = by;
  }

  @Override
  public void onPreReceive(ReceivePack pack, Collection<ReceiveCommand> commands) {
    var built = commands.stream().filter(each -> BUILT.contains(each.getRefName())).toList();
    try (var lines = new PushLines(pack.getMessageOutputStream(), SILENCE)) {
      if (built.isEmpty()) {
        lines.line("Pushed to non-master branch, skipping build.");
      } else if (built.size() > 1) {
        lines.line(" !     Push main or master, not both at once.");
        built.forEach(BuildBeforeAccept::decline);
      } else if (built.getFirst().getType() == ReceiveCommand.Type.DELETE) {
        lines.line(" !     The branch that is built can't be deleted.");
        decline(built.getFirst());
      } else {
        buildAlone(pack, built.getFirst(), lines);
      }
    }
  }

  private void buildAlone(ReceivePack pack, ReceiveCommand command, PushLines lines) {
    if (!busy.apps.add(app)) {
      lines.line(" !     Another push to " + appName + " is being built.");
      lines.line(" !     Push again when it has ended; heroku releases shows how it went.");
      decline(command);
      return;
    }
    try {
      build(pack, command, lines);
    } finally {
      busy.apps.remove(app);
    }
  }

  private void build(ReceivePack pack, ReceiveCommand command, PushLines lines) {
    try {
      if (movedMeanwhile(pack, command)) {
        lines.line(" !     Another push came first. Fetch it, then push again.");
        decline(command);
        return;
      }
      var commit = pack.getRevWalk().parseCommit(command.getNewId());
      var code = new CommitCheckout(pack.getRepository(), commit);
      pushes.receive(new Push(app, by, commit.name(), code), lines::line);
      pointHead(pack, command);
    } catch (UserError _) {
      decline(command);
    } catch (IOException | RuntimeException e) {
      var id = UUID.randomUUID();
      LOG.log(Level.ERROR, "push to " + appName + " failed, error " + id, e);
      lines.line(" !     Internal error " + id + "; control's log says more.");
      decline(command);
    }
  }

  private static boolean movedMeanwhile(ReceivePack pack, ReceiveCommand command)
      throws IOException {
    var now = pack.getRepository().exactRef(command.getRefName());
    var was = now == null ? null : now.getObjectId();
    return was == null
        ? command.getType() != ReceiveCommand.Type.CREATE
        : !was.equals(command.getOldId());
  }

  /// So that a clone finds the branch that is built.
  private static void pointHead(ReceivePack pack, ReceiveCommand command) throws IOException {
    var repository = pack.getRepository();
    var head = repository.exactRef(Constants.HEAD);
    if (head == null || head.getObjectId() == null) {
      repository.updateRef(Constants.HEAD).link(command.getRefName());
    }
  }

  private static void decline(ReceiveCommand command) {
    command.setResult(ReceiveCommand.Result.REJECTED_OTHER_REASON, "pre-receive hook declined");
  }
}
