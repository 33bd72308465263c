package dev.slipway.cli;

import static java.util.Objects.requireNonNull;

import dev.slipway.install.Installation;
import dev.slipway.install.KeptData;
import dev.slipway.install.RedisCommands;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `slipway redis`: what the stock client can't do with Redis, done next to it.
@Command(
    name = "redis",
    description = {
      "Asks Redis what `heroku redis:*` can't, from where it can be reached: on this host.",
      "WORD is cli, backup, backups, restore BACKUP, destroyed or erase NAME. REDIS is an",
      "attachment or an add-on."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./slipway redis cli -a shop",
      "  ./slipway redis backup -a shop",
      "  ./slipway redis restore 20261201T013742Z.rdb -a shop --confirm shop",
      "  ./slipway redis destroyed          lists what is kept for seven days"
    })
public final class RedisCommand implements Callable<Integer> {
  private final Terminal terminal = Terminal.ofThisProcess();

  @Parameters(index = "0", paramLabel = "WORD", description = "What to do.")
  private String word = "";

  @Parameters(
      index = "1..*",
      paramLabel = "ARGS",
      arity = "0..2",
      description = "What the word takes, and then the Redis, if it is not REDIS.")
  private List<String> arguments = List.of();

  @Option(
      names = {"-a", "--app"},
      paramLabel = "APP",
      description = "The app whose Redis is meant.")
  private @Nullable String app;

  @Option(
      names = "--confirm",
      paramLabel = "APP",
      description = "With restore: the app's name again, as the data of now is replaced.")
  private @Nullable String confirm;

  @Spec private @Nullable CommandSpec spec;

  /// Made by picocli.
  public RedisCommand() {}

  @Override
  public Integer call() {
    try (var installation = Installation.ofThisMachine()) {
      return ask(installation.redis());
    }
  }

  private int ask(RedisCommands redis) {
    return switch (word) {
      case "cli" -> Terminal.hand(redis.terminal(app(), argument(0)));
      case "backup" -> say(redis.backUp(app(), argument(0)));
      case "backups" -> list(redis.backups(app(), argument(0)), "There is no backup yet.");
      case "restore" -> restore(redis, required(0, "the backup's name"));
      case "destroyed" ->
          list(
              redis.destroyed().stream().map(KeptData::text).toList(),
              "No destroyed Redis is kept.");
      case "erase" -> erase(redis, required(0, "the name of the Redis"));
      default -> wrong("There is no word " + word);
    };
  }

  private int restore(RedisCommands redis, String backup) {
    if (!app().equals(confirm)) {
      return wrong("Missing: --confirm " + app() + ", as the data of now is replaced");
    }
    var before = redis.restore(app(), argument(1), backup);
    return say("It has the data of " + backup + "; what it had is in " + before + ".");
  }

  private int erase(RedisCommands redis, String name) {
    redis.erase(name);
    return say("The data of " + name + " is deleted.");
  }

  private int list(List<String> lines, String none) {
    lines.forEach(this::say);
    return lines.isEmpty() ? say(none) : 0;
  }

  private int say(String text) {
    terminal.out().println(text);
    return 0;
  }

  private String app() {
    return app == null ? missing("-a APP") : app;
  }

  private @Nullable String argument(int index) {
    return index < arguments.size() ? arguments.get(index) : null;
  }

  private String required(int index, String what) {
    var given = argument(index);
    return given == null ? missing(what) : given;
  }

  private String missing(String what) {
    throw mistake("Missing: " + what);
  }

  private int wrong(String what) {
    throw mistake(what);
  }

  private CommandLine.ParameterException mistake(String what) {
    return new CommandLine.ParameterException(requireNonNull(spec).commandLine(), what);
  }
}
