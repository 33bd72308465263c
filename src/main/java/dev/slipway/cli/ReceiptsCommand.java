package dev.slipway.cli;

import dev.slipway.install.Installation;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `slipway receipts`: what an app's deploys and other rollouts cost.
@Command(
    name = "receipts",
    description = {
      "Shows what an app's rollouts cost, newest first: requests served and lost meanwhile, latency",
      "before and after, and of each process type what came, what went, and what had to be killed."
    },
    mixinStandardHelpOptions = true)
public final class ReceiptsCommand implements Runnable {
  @Mixin private final AppOption app = new AppOption();

  @Option(
      names = {"-n", "--num"},
      paramLabel = "N",
      defaultValue = "5",
      description = "How many: 5 by default, 200 at the most.")
  private int count;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /// Made by picocli.
  public ReceiptsCommand() {}

  @Override
  public void run() {
    try (var installation = Installation.ofThisMachine()) {
      var receipts =
          installation.apps().receipts(app.name()).stream().limit(Math.max(0, count)).toList();
      (json ? List.of(Json.of(receipts)) : ReceiptText.lines(receipts))
          .forEach(System.out::println);
    }
  }
}
