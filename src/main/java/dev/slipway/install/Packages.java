package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The distribution's packages on this host.
final class Packages {
  private static final Map<String, String> QUIET =
      Map.of("DEBIAN_FRONTEND", "noninteractive", "LC_ALL", "C");

  private final Consent consent;
  private final Ledger ledger;

  Packages(Consent consent, Ledger ledger) {
    this.consent = consent;
    this.ledger = ledger;
  }

  /// Installs those packages that are not there, after asking.
  void install(List<String> packages, Consumer<String> detail) {
    var missing = packages.stream().filter(name -> !isInstalled(name)).toList();
    if (missing.isEmpty()) {
      return;
    }
    var list = String.join(", ", missing);
    if (!Commands.exists("apt-get")) {
      throw problem("This machine needs " + list, "it has no apt-get", "Install them by hand.");
    }
    if (!consent.to("Install " + list + " from this machine's distribution?")) {
      throw problem(
          "This machine needs " + list,
          "nothing is installed without your yes",
          "Run `./slipway up --yes`, or install them by hand and run `./slipway up` again.");
    }
    apt(List.of("update", "-q"), detail);
    var install = new ArrayList<>(List.of("install", "-y", "-q", "--no-install-recommends"));
    install.addAll(missing);
    apt(install, detail);
    ledger.add(Ledger.Entry.PACKAGES);
  }

  private static boolean isInstalled(String name) {
    var status = Commands.run(List.of("dpkg-query", "-W", "-f", "${db:Status-Status}", name));
    return status.status() == 0 && status.lines().contains("installed");
  }

  private static void apt(List<String> arguments, Consumer<String> detail) {
    var command = new ArrayList<>(List.of("apt-get"));
    command.addAll(arguments);
    var ended = Commands.run(QUIET, command, detail);
    if (ended.status() != 0) {
      throw problem(
          "`" + String.join(" ", command) + "` failed",
          ended.tail(),
          "Mend apt on this machine, then `./slipway up` again.");
    }
  }

  private static UserError problem(String what, String why, String hint) {
    return new UserError(new Problem(ErrorCode.UNAVAILABLE, what, why, hint));
  }
}
