package dev.slipway.cli;

import picocli.CommandLine.IVersionProvider;

/// Says which Slipway this is, as its jar knows.
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    var version = Version.class.getPackage().getImplementationVersion();
    return new String[] {"slipway " + (version == null ? "from the source tree" : version)};
  }
}
