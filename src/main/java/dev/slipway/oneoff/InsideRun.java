package dev.slipway.oneoff;

import dev.slipway.core.AppId;
import dev.slipway.core.Secret;
import dev.slipway.engine.DynoState;
import dev.slipway.engine.InsideCommand;
import java.util.SortedMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/// A command inside a dyno that runs for other reasons, for as long as its client is there.
///
/// @param environment what is added to the dyno's environment
/// @param offer where the client comes to
/// @param tellsStatus whether the client wants to know the command's status
record InsideRun(
    OneOffRun.Parts parts,
    AppId app,
    DynoState dyno,
    String command,
    SortedMap<String, Secret> environment,
    Offer offer,
    boolean tellsStatus)
    implements Runnable {
  private static final Logger LOG = Logger.getLogger(InsideRun.class.getName());

  @Override
  public void run() {
    try (var own = offer) {
      var conversation = new Conversation(own, tellsStatus, () -> false);
      var client = conversation.awaitClient();
      if (client.isPresent()) {
        say("Starting process with command `" + command + "` inside");
        var inside = new InsideCommand(command, environment, client.get().terminal());
        var status =
            conversation.between(client.get(), () -> parts.engine().runInside(dyno, inside));
        say(
            status.isPresent()
                ? "Process inside exited with status " + status.getAsInt()
                : "Process inside was ended");
      }
    } catch (InterruptedException controlEnds) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "A command in " + dyno.service() + " broke off", e);
    }
  }

  private void say(String text) {
    parts.logs().platform(app, dyno.dyno().toString(), text);
  }
}
