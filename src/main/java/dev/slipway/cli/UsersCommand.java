package dev.slipway.cli;

import static java.util.Objects.requireNonNull;

import dev.slipway.core.Secret;
import dev.slipway.install.Installation;
import dev.slipway.install.Users;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
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
  private final Supplier<Users> users;
  private final InputStream in;
  private final Terminal terminal;

  @Spec private @Nullable CommandSpec spec;

  /// For the accounts of this machine. Made by picocli.
  public UsersCommand() {
    this(UsersCommand::ofThisMachine, System.in, Terminal.ofThisProcess());
  }

  /// For other accounts, without a terminal.
  public UsersCommand(Supplier<Users> users, InputStream in, PrintStream out) {
    this(users, in, new Terminal(false, false, false, out));
  }

  private UsersCommand(Supplier<Users> users, InputStream in, Terminal terminal) {
    this.users = users;
    this.in = in;
    this.terminal = terminal;
  }

  /// Without a command there is only help to give.
  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(terminal.out());
    }
  }

  private static Users ofThisMachine() {
    try (var installation = Installation.ofThisMachine()) {
      return installation.users();
    }
  }

  private Users accounts() {
    return users.get();
  }

  private Secret password() {
    return NewPassword.read(terminal, in);
  }

  private void say(String line) {
    terminal.out().println(line);
  }

  /// `slipway users list`.
  @Command(name = "list", description = "Lists all accounts.", mixinStandardHelpOptions = true)
  static final class ListUsers implements Runnable {
    @ParentCommand private @Nullable UsersCommand parent;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public void run() {
      var parent = requireNonNull(this.parent);
      var all = parent.accounts().list();
      if (json) {
        parent.say(Json.of(all));
        return;
      }
      for (var user : all) {
        var lastLogin =
            user.lastLogin() == null ? "never logged in" : "last login " + user.lastLogin();
        parent.say("%-40s %s%s".formatted(user.email(), lastLogin, suffix(user.name())));
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
  static final class Add implements Runnable {
    @ParentCommand private @Nullable UsersCommand parent;

    @Parameters(paramLabel = "EMAIL", description = "The address that names the account.")
    private String email = "";

    @Option(names = "--name", paramLabel = "NAME", description = "What to call its person.")
    private @Nullable String name;

    @Override
    public void run() {
      var parent = requireNonNull(this.parent);
      var user = parent.accounts().add(email, name, parent.password());
      parent.say(user.email() + " may log in now: heroku login -i");
    }
  }

  /// `slipway users passwd`.
  @Command(
      name = "passwd",
      description = "Gives an account another password, which ends its logins.",
      mixinStandardHelpOptions = true)
  static final class Passwd implements Runnable {
    @ParentCommand private @Nullable UsersCommand parent;

    @Parameters(paramLabel = "EMAIL", description = "The address of the account.")
    private String email = "";

    @Override
    public void run() {
      var parent = requireNonNull(this.parent);
      var user = parent.accounts().setPassword(email, parent.password());
      parent.say(user.email() + " has another password; its logins have ended.");
    }
  }

  /// `slipway users remove`.
  @Command(
      name = "remove",
      description = "Removes an account with its tokens and keys. One that owns apps stays.",
      mixinStandardHelpOptions = true)
  static final class Remove implements Runnable {
    @ParentCommand private @Nullable UsersCommand parent;

    @Parameters(paramLabel = "EMAIL", description = "The address of the account.")
    private String email = "";

    @Option(
        names = "--apps-to",
        paramLabel = "EMAIL",
        description = "Give the apps that it owns to this account first.")
    private @Nullable String appsTo;

    @Override
    public void run() {
      var parent = requireNonNull(this.parent);
      var user = parent.accounts().remove(email, appsTo);
      parent.say(user.email() + " is removed.");
    }
  }
}
