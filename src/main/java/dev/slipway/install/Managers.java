package dev.slipway.install;

import dev.slipway.engine.SharedObjects;
import dev.slipway.engine.SwarmConfigs;
import dev.slipway.takeover.StateJournal;
import dev.slipway.takeover.Term;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

/// Whether control's state is kept by several managers, and on which of them control runs. A file
/// of this machine says so to `up`, which makes control's container accordingly.
final class Managers {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> ALONG = List.of("registry", "builder");

  private final Installation installation;

  Managers(Installation installation) {
    this.installation = installation;
  }

  /// Whether control on this machine stands by, because another manager's runs.
  boolean controlIsElsewhere() {
    return areSeveral()
        && Term.newest(objects()).map(term -> !term.holder().equals(own())).orElse(false);
  }

  /// Whether there is more than this one.
  boolean areSeveral() {
    return installation.home().isJournalled();
  }

  /// Whether control runs on that node.
  boolean haveControlOn(String node) {
    return areSeveral() && Term.newest(objects()).map(it -> it.holder().equals(node)).orElse(false);
  }

  /// Lets another node's control take over at once when that node's has ended.
  void release(String node) {
    Term.release(objects(), node);
  }

  /// Has control keep its state with all managers from now on.
  String begin() {
    if (areSeveral()) {
      return "kept by the managers already";
    }
    // Of an earlier time with several managers: another journal's state.
    StateJournal.erase(objects());
    Home.writePrivate(installation.home().journal(), "swarm\n");
    restartControl();
    return "kept by the managers from now on";
  }

  /// Has control, which must run on this machine, keep its state in its file alone.
  String end() {
    if (!areSeveral()) {
      return "kept by this machine alone already";
    }
    if (!Waiting.until(PATIENCE, () -> haveControlOn(own()) && Health.of("control"))) {
      throw Up.silent("control", List.of());
    }
    try {
      Files.delete(installation.home().journal());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    restartControl();
    StateJournal.erase(objects());
    ALONG.forEach(part -> installation.containers().startAlways(SystemParts.container(part)));
    return "kept by this machine alone from now on";
  }

  private void restartControl() {
    new HostParts(installation.docker()).ensure(installation.parts().spec("control"), _ -> {});
    if (!Health.await("control", PATIENCE)) {
      throw Up.silent(
          "control", installation.containers().lastLines(SystemParts.container("control"), 10));
    }
  }

  private String own() {
    return installation.nodes().own();
  }

  private SharedObjects objects() {
    return new SwarmConfigs(installation.docker());
  }
}
