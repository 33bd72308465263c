package dev.slipway.cli;

import dev.slipway.install.Demo;
import java.time.Duration;

/// Prints what became of the demo's requests, and what the platform says that each change cost.
final class DemoReceipt {
  private DemoReceipt() {}

  static void print(Demo.Receipt receipt, Terminal terminal) {
    var out = terminal.out();
    var load = receipt.load();
    var lost = Long.toString(load.lost());
    out.println();
    out.println(terminal.bold("Receipt"));
    out.println(
        "  requests  " + load.sent() + " sent while the app was pushed, scaled and rolled back");
    out.println("  lost      " + (load.lost() == 0 ? terminal.green(lost) : terminal.red(lost)));
    out.println(
        "  latency   p50 "
            + millis(load.quick().p50())
            + ", p95 "
            + millis(load.quick().p95())
            + ", p99 "
            + millis(load.quick().p99())
            + ", longest "
            + millis(load.quick().longest()));
    out.println("  orders    " + orders(receipt, terminal));
    load.reasons().forEach((reason, count) -> out.println("  " + count + " x " + reason));
    out.println();
    ChangeTable.lines(receipt.changes()).forEach(line -> out.println("  " + line));
    out.println();
    out.println("The app serves on: " + terminal.bold(receipt.url()));
    out.println("Next:");
    out.println("  ./slipway heroku releases -a " + receipt.app());
    out.println("  ./slipway heroku logs --tail -a " + receipt.app());
    out.println("  ./slipway heroku pg:info -a " + receipt.app());
    out.println("  eval \"$(./slipway env)\" && heroku apps:create NAME    # your own app");
  }

  /// One that was stored and not acknowledged may be among them.
  private static String orders(Demo.Receipt receipt, Terminal terminal) {
    var acknowledged = receipt.load().answered();
    var stored = Long.toString(receipt.stored());
    return acknowledged
        + " acknowledged, "
        + (receipt.stored() >= acknowledged ? terminal.green(stored) : terminal.red(stored))
        + " in the database";
  }

  private static String millis(Duration time) {
    return "%.1f ms".formatted(time.toNanos() / 1e6);
  }
}
