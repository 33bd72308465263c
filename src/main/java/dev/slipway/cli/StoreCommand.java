package dev.slipway.cli;

import dev.slipway.install.Installation;
import dev.slipway.install.Stores;
import dev.slipway.install.Stores.Kept;
import dev.slipway.objects.StoreSettings;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `slipway store`: where images and backups are kept.
@Command(
    name = "store",
    description = {
      "Says where images and backups of databases are kept, or keeps them elsewhere: in a store that"
          + " speaks S3, or on the fleet's own disks again. Images that are there are copied first.",
      "The key is taken from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, asked for, or read from"
          + " standard input as two lines; it is never an argument."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:the store can't be used now"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./slipway store s3://company-slipway/production --region eu-central-1",
      "  ./slipway store s3://slipway --endpoint https://storage.example.com:9000 --for backups",
      "  ./slipway store",
      "  ./slipway store local"
    })
public final class StoreCommand implements Callable<Integer> {
  /// What is kept somewhere.
  enum What {
    IMAGES,
    BACKUPS;

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  private static final long MEGABYTE = 1 << 20;

  private final Terminal terminal = Terminal.ofThisProcess();

  @Parameters(
      paramLabel = "PLACE",
      arity = "0..1",
      description = "s3://BUCKET or s3://BUCKET/PREFIX, or local.")
  private @Nullable String place;

  @Mixin private StoreOptions store = new StoreOptions();

  @Option(
      names = "--for",
      paramLabel = "WHAT",
      description = "What is meant: images or backups; otherwise both.")
  private @Nullable What what;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /// Made by picocli.
  public StoreCommand() {}

  @Override
  public Integer call() {
    try (var installation = Installation.ofThisMachine()) {
      var stores = installation.stores();
      if (place == null) {
        return show(stores);
      }
      var settings = place.equals("local") ? null : store.settings(place, terminal);
      if (what != What.IMAGES && settings != null) {
        Stores.requireTakesBackups(settings);
      }
      if (what != What.BACKUPS) {
        keepImages(stores, settings);
      }
      if (what != What.IMAGES) {
        keepBackups(stores, settings);
      }
      return 0;
    }
  }

  private void keepImages(Stores stores, @Nullable StoreSettings settings) {
    if (settings == null) {
      stores.useThisMachineForImages(new StepLines(terminal));
      terminal.out().println("Images are on this machine; those in the store stay there too.");
    } else {
      stores.useForImages(settings, new StepLines(terminal));
      terminal
          .out()
          .println("Images are in " + place + ". Those on this machine stay there until:");
      terminal.out().println("  docker volume rm slipway-registry");
    }
  }

  private void keepBackups(Stores stores, @Nullable StoreSettings settings) {
    if (settings == null) {
      stores.useOwnHostsForBackups(new StepLines(terminal));
      terminal.out().println("Backups are taken on the databases' hosts. Those in the store stay");
      terminal
          .out()
          .println("there, and can be restored when backups are kept there again, within");
      terminal.out().println("a week.");
    } else {
      stores.useForBackups(settings, new StepLines(terminal));
      terminal
          .out()
          .println("Backups are taken in " + place + ". Those on the databases' hosts can");
      terminal.out().println("be restored for a week, and are then removed; those in a store of");
      terminal.out().println("before only when backups are kept there again, within a week.");
    }
  }

  private int show(Stores stores) {
    var all = stores.list();
    if (json) {
      terminal.out().println(Json.of(all));
    } else {
      all.forEach(this::print);
    }
    return all.stream().allMatch(kept -> kept.problem() == null) ? 0 : 1;
  }

  private void print(Kept kept) {
    var at = kept.endpoint() == null ? "" : "  at " + kept.endpoint() + ", " + kept.region();
    terminal.out().println("%-10s %s%s".formatted(kept.what(), kept.place(), at));
    if (kept.endpoint() != null) {
      terminal
          .out()
          .println("%-10s %s".formatted("key", kept.key() == null ? "the role" : kept.key()));
    }
    terminal
        .out()
        .println("%-10s %d MB on this machine".formatted("", kept.bytesHere() / MEGABYTE));
    if (kept.problem() != null) {
      terminal.out().println(terminal.red(kept.problem()));
    }
  }
}
