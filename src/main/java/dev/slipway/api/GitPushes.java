package dev.slipway.api;

import dev.slipway.accounts.Accounts;
import dev.slipway.accounts.Scope;
import dev.slipway.apps.Apps;
import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.deploy.Build;
import dev.slipway.source.GitRepositories;
import dev.slipway.source.Push;
import dev.slipway.source.Pushes;
import dev.slipway.source.SourceTree;
import java.nio.file.Path;
import java.util.function.Consumer;

/// Deploys what is pushed, while git shows the lines.
final class GitPushes implements Pushes {
  private final Accounts accounts;
  private final Apps apps;
  private final Operations operations;
  private final Path directory;

  /// @param directory where source code is checked out, one directory a build
  GitPushes(Accounts accounts, Apps apps, Operations operations, Path directory) {
    this.accounts = accounts;
    this.apps = apps;
    this.operations = operations;
    this.directory = directory;
  }

  @Override
  public AccountId authenticate(Secret key, Use use, String client) {
    var caller = accounts.logins().byToken(key, client);
    caller.require(
        switch (use) {
          case FETCH -> Scope.Need.READ;
          case PUSH -> Scope.Need.WRITE;
        });
    return caller.account().id();
  }

  @Override
  public AppId app(String name, AccountId by) {
    return AppAccess.require(apps, name, by).id();
  }

  @Override
  public void receive(Push push, Consumer<String> lines) {
    var app = apps.get(push.app().toString());
    lines.accept("Compressing source files... done.");
    lines.accept("Building source:");
    lines.accept("");
    var build = operations.startBuild(app, push.commit(), push.by());
    var home = directory.resolve(build.id().toString());
    try {
      var tree = checkOut(push, build, home.resolve("source"), lines);
      operations.deploy(app, tree, push.by(), build, lines);
    } catch (UserError e) {
      lines.accept("Verifying deploy...");
      lines.accept("");
      lines.accept("!\tPush rejected to " + app.name() + ".");
      lines.accept("");
      throw e;
    } finally {
      GitRepositories.deleteTree(home);
    }
  }

  private SourceTree checkOut(Push push, Build build, Path target, Consumer<String> lines) {
    try {
      return push.code().into(target);
    } catch (UserError e) {
      lines.accept(" !     " + e.problem().sentence());
      operations.failBuild(build, e.problem().sentence());
      throw e;
    }
  }
}
