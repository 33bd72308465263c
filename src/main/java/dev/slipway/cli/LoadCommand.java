package dev.slipway.cli;

import dev.slipway.load.Load;
import dev.slipway.load.LoadPlan;
import dev.slipway.load.LoadReport;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `slipway load`: sends a steady load to an app from outside and counts what was lost. Ends with 0
/// when nothing was lost, with 1 otherwise; SIGTERM and SIGINT end the load early, and the report
/// still comes.
@Command(
    name = "load",
    description = {
      "Sends a steady load to an app and counts what was lost.",
      "Short requests go at a steady rate; with --slow-share, long ones beside them.",
      "Every request has an X-Request-Id of its own, and none is sent twice."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:nothing was lost", "1:something was lost", "2:wrong arguments"})
public final class LoadCommand implements Callable<Integer> {
  @Parameters(paramLabel = "URL", description = "Where to; its path is that of the short request.")
  private URI target = URI.create("http://localhost/");

  @Option(names = "--host", paramLabel = "NAME", description = "Host header, if not the URL's.")
  private @Nullable String host;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Short requests a second; 0 is as fast as they go (default: ${DEFAULT-VALUE}).")
  private double rate = 50;

  @Option(
      names = "--connections",
      paramLabel = "N",
      description = "Connections, those for long requests included (default: ${DEFAULT-VALUE}).")
  private int connections = 16;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      description = "How long, such as 30s or 5m (default: 30s).")
  private Duration duration = Duration.ofSeconds(30);

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      description = "Method of the short request (default: ${DEFAULT-VALUE}).")
  private String method = "POST";

  @Option(
      names = "--body",
      paramLabel = "JSON",
      description = "Body of a short POST (default: ${DEFAULT-VALUE}).")
  private String body = "{}";

  @Option(
      names = "--slow-share",
      paramLabel = "SHARE",
      description = "Share of the connections that send long requests, 0 to 1 (default: 0).")
  private double slowShare;

  @Option(
      names = "--slow-path",
      paramLabel = "PATH",
      description = "What a long request gets (default: ${DEFAULT-VALUE}).")
  private String slowPath = "/slow?seconds=8";

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      description = "How long an answer may take (default: 40s).")
  private Duration timeout = Duration.ofSeconds(40);

  @Option(names = "--json", description = "Print the report as JSON.")
  private boolean json;

  @Option(
      names = "--ids",
      paramLabel = "FILE",
      description = "Write the id of each answered request to this file, one per line.")
  private @Nullable Path ids;

  @Spec private @Nullable CommandSpec spec;

  /// Made by picocli, which fills the options in.
  public LoadCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    var ended = new CountDownLatch(1);
    try {
      var report = ids == null ? run(plan(), _ -> {}, ended) : runWithIds(plan(), ids, ended);
      print(report);
      return report.lost() == 0 ? 0 : 1;
    } finally {
      ended.countDown();
    }
  }

  private LoadPlan plan() {
    try {
      return new LoadPlan(
          target,
          host,
          connections,
          rate,
          duration,
          new LoadPlan.Request(method, path(), method.equals("POST") ? body : null),
          LoadPlan.Request.get(slowPath),
          slowShare,
          timeout);
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(spec().commandLine(), wrong.getMessage(), wrong);
    }
  }

  private String path() {
    var path =
        target.getRawPath() == null || target.getRawPath().isEmpty() ? "/" : target.getRawPath();
    return target.getRawQuery() == null ? path : path + "?" + target.getRawQuery();
  }

  private static LoadReport runWithIds(LoadPlan plan, Path file, CountDownLatch ended)
      throws IOException, InterruptedException {
    try (var writer = Files.newBufferedWriter(file)) {
      return run(plan, id -> writeLine(writer, id), ended);
    }
  }

  private static LoadReport run(LoadPlan plan, Consumer<String> answeredIds, CountDownLatch ended)
      throws InterruptedException {
    var load = Load.start(plan, answeredIds);
    var onSignal = new Thread(() -> stopAndWait(load, ended));
    Runtime.getRuntime().addShutdownHook(onSignal);
    try {
      return load.await();
    } finally {
      forget(onSignal);
    }
  }

  private void print(LoadReport report) {
    var out = spec().commandLine().getOut();
    out.println(json ? LoadReportText.json(report) : LoadReportText.plain(report));
    out.flush();
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("picocli did not set the command up");
    }
    return spec;
  }

  /// Keeps the process alive until the report is printed and the ids are written.
  private static void stopAndWait(Load load, CountDownLatch ended) {
    try {
      load.stop();
      ended.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void forget(Thread onSignal) {
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException alreadyGoingDown) {
      // The signal came: the hook runs, and nothing is left to forget.
    }
  }

  private static void writeLine(BufferedWriter writer, String line) {
    try {
      writer.write(line);
      writer.write('\n');
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
