package dev.slipway.cli;

import dev.slipway.install.Installation;
import dev.slipway.install.Users;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `slipway users`: who may use this installation.
@Command(
    name = "users",
    description = {
      "Says who may use this installation: adds and removes accounts, sets passwords.",
      "A password is asked for, or read from standard input; it is never an argument."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      UsersCommand.ListUsers.class,
      UsersCommand.Add.class,
      UsersCommand.Passwd.class,
      UsersCommand.Remove.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./slipway users add ann@example.com",
      "  ./slipway users passwd ann@example.com < file-with-the-password",
      "  heroku login -i                    then works for ann@example.com"
    })
public final class UsersCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  /// Made by picocli.
  public UsersCommand() {}

  /// Without a command there is only help to give.
  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(System.out);
    }
  }

  /// What the four commands have in common: they ask this machine's API.
  abstract static class OfThisMachine implements Callable<Integer> {
    @Override
    public Integer call() {
      try (var installation = Installation.ofThisMachine()) {
        run(installation.users(), Terminal.ofThisProcess());
      }
      return 0;
    }

    abstract void run(Users users, Terminal terminal);
  }

  /// `slipway users list`.
  @Command(name = "list", description = "Lists all accounts.", mixinStandardHelpOptions = true)
  static final class ListUsers extends OfThisMachine {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    void run(Users users, Terminal terminal) {
      var all = users.list();
      if (json) {
        terminal.out().println(Json.of(all));
        return;
      }
      for (var user : all) {
        var lastLogin =
            user.lastLogin() == null ? "never logged in" : "last login " + user.lastLogin();
        terminal
            .out()
            .println("%-40s %s%s".formatted(user.email(), lastLogin, suffix(user.name())));
      }
    }

    private static String suffix(@Nullable String name) {
      return name == null ? "" : "  (" + name + ")";
    }
  }

  /// `slipway users add`.
  @Command(
      name = "add",
      description = "Adds an account, which then logs in with heroku login.",
      mixinStandardHelpOptions = true)
  static final class Add extends OfThisMachine {
    @Parameters(paramLabel = "EMAIL", description = "The address that names the account.")
    private String email = "";

    @Option(names = "--name", paramLabel = "NAME", description = "What to call its person.")
    private @Nullable String name;

    @Override
    void run(Users users, Terminal terminal) {
      var user = users.add(email, name, NewPassword.read(terminal, System.in));
      terminal.out().println(user.email() + " may log in now: heroku login -i");
    }
  }

  /// `slipway users passwd`.
  @Command(
      name = "passwd",
      description = "Gives an account another password, which ends its logins.",
      mixinStandardHelpOptions = true)
  static final class Passwd extends OfThisMachine {
    @Parameters(paramLabel = "EMAIL", description = "The address of the account.")
    private String email = "";

    @Override
    void run(Users users, Terminal terminal) {
      var user = users.setPassword(email, NewPassword.read(terminal, System.in));
      terminal.out().println(user.email() + " has another password; its logins have ended.");
    }
  }

  /// `slipway users remove`.
  @Command(
      name = "remove",
      description = "Removes an account with its tokens and keys. One that owns apps stays.",
      mixinStandardHelpOptions = true)
  static final class Remove extends OfThisMachine {
    @Parameters(paramLabel = "EMAIL", description = "The address of the account.")
    private String email = "";

    @Option(
        names = "--apps-to",
        paramLabel = "EMAIL",
        description = "Give the apps that it owns to this account first.")
    private @Nullable String appsTo;

    @Override
    void run(Users users, Terminal terminal) {
      var user = users.remove(email, appsTo);
      terminal.out().println(user.email() + " is removed.");
    }
  }
}
