package dev.slipway.takeover;

import dev.slipway.engine.DockerApi;
import dev.slipway.engine.SwarmConfigs;
import dev.slipway.engine.SwarmNodes;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.logging.Logger;

/// Control's time in office, where more than one manager could run it: waits for the term, takes
/// over the state, and from then on keeps both until another control takes the next term.
public final class Reign {
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(4);
  private static final Duration SILENCE = Duration.ofSeconds(8);
  private static final Duration FAREWELL = Duration.ofSeconds(3);
  private static final int FENCED = 75;

  private static final Logger LOG = Logger.getLogger(Reign.class.getName());

  private final Term term;
  private final Store store;

  private Reign(Term term, Store store) {
    this.term = term;
    this.store = store;
  }

  /// Waits until this control may run, and opens the state that the one before left.
  ///
  /// @param socket this host's engine
  /// @param file the database; what it held is given up
  public static Reign await(Path socket, DockerApi docker, Vault vault, Path file)
      throws InterruptedException {
    var objects = new SwarmConfigs(new DockerApi(socket, ANSWERS_WITHIN));
    var seat = new Seat(docker);
    var node = new SwarmNodes(docker).own();
    var journal = new StateJournal(objects, vault, why -> end(seat, why));
    var standby =
        new Standby(
            objects,
            node,
            SILENCE,
            () -> journal.exists() || Files.exists(file),
            why -> end(seat, why),
            () -> {
              seat.leave();
              LOG.info("standing by for the term");
            });
    var term = standby.await();
    LOG.info("took term " + term.number());
    term.beat(seat::keep);
    return new Reign(term, open(journal, term, seat, file));
  }

  private static Store open(StateJournal journal, Term term, Seat seat, Path file) {
    var entries = journal.takeOver(file);
    LOG.info("took over the state: a base and " + entries + " entries");
    term.check();
    seat.take();
    var schema = Store.schema(file);
    var store = Store.open(file, journal);
    journal.compactFrom(store::copyTo, file.resolveSibling("base.db"));
    if (Store.schema(file) != schema) {
      // An entry fits the tables that it was written for.
      journal.compact();
    }
    return store;
  }

  /// The state.
  public Store store() {
    return store;
  }

  /// What must be asked before the Swarm's services are changed.
  public Fence fence() {
    return term;
  }

  /// Gives it up of its own will: another control may take the next term at once.
  public void resign() {
    term.release();
  }

  /// What was begun ends here, wherever it is: another control goes on with it. The engine starts
  /// this one again, which then stands by.
  private static void end(Seat seat, String why) {
    LOG.warning("this control ends: " + why);
    var farewell = Thread.ofVirtual().start(seat::leave);
    try {
      farewell.join(FAREWELL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(FENCED);
  }
}
