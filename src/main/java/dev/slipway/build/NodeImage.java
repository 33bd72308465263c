package dev.slipway.build;

/// The images that the builder makes of one version of Node: `run` has Node and npm, what an app is
/// built with has more.
///
/// @param node Node's exact version
/// @param npm npm's exact version
/// @param compiler whether native modules may have to be compiled
record NodeImage(String node, String npm, boolean compiler) {
  String run() {
    return name("run");
  }

  String build() {
    return name(buildTarget());
  }

  /// What the builder is told to have ready.
  String wanted() {
    return node + " " + npm + " run " + buildTarget();
  }

  private String buildTarget() {
    return compiler ? "compile" : "build";
  }

  private String name(String target) {
    return "slipway/node:" + node + "-npm" + npm + "-" + target;
  }
}
