package dev.slipway.postgres;

import dev.slipway.core.Secret;

/// A second server of a database, on another host, that follows the first one and can take its
/// place.
///
/// @param node the id of the node that has it
/// @param inStep whether what is acknowledged is on both: nothing is lost when it takes over
/// @param mayLose whether it shall take over though it may lack something
/// @param password what it comes to the server with
/// @param problem what is in its way; empty for nothing
public record Standby(
    String node, Stage stage, boolean inStep, boolean mayLose, Secret password, String problem) {
  private static final int PASSWORD_BYTES = 32;

  /// Where it is in its life.
  public enum Stage {
    /// The data is copied there.
    MAKING,
    /// It follows the server, or shall.
    FOLLOWING,
    /// It shall take over: the server is stopped.
    STOPPING,
    /// It takes over. It is the server already, and the node is that of the one before.
    PROMOTING,
    /// It is taken away.
    REMOVING
  }

  /// One that is to be made there.
  static Standby on(String node) {
    var password = Secret.random(PASSWORD_BYTES);
    return new Standby(node, Stage.MAKING, false, false, password, "");
  }

  /// Whether it is becoming the server.
  public boolean isTakingOver() {
    return stage == Stage.STOPPING || stage == Stage.PROMOTING;
  }

  Standby at(Stage next, String said) {
    return new Standby(node, next, inStep, mayLose, password, said);
  }

  Standby inStep(boolean is) {
    return new Standby(node, stage, is, mayLose, password, problem);
  }

  Standby stopping(boolean losing) {
    return new Standby(node, Stage.STOPPING, inStep, losing, password, "");
  }

  /// The one that is made of the server before.
  Standby changingPlaces(String before) {
    return new Standby(before, Stage.PROMOTING, false, mayLose, password, "");
  }

  /// To be made anew.
  Standby anew(String why) {
    return new Standby(node, Stage.MAKING, false, false, password, why);
  }
}
