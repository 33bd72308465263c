package dev.slipway.install;

import java.util.Map;
import java.util.Optional;

/// Which machine of which provider a host is, as a label of its node says it.
///
/// @param id the provider's
record CloudMark(String provider, String region, String id) {
  /// The node's label.
  static final String LABEL = "slipway.machine";

  /// The host's mark; empty for a machine that was added.
  static Optional<CloudMark> of(Map<String, String> labels) {
    var words = labels.getOrDefault(LABEL, "").split("/", -1);
    return words.length == 3
        ? Optional.of(new CloudMark(words[0], words[1], words[2]))
        : Optional.empty();
  }

  String text() {
    return provider + "/" + region + "/" + id;
  }
}
