package dev.slipway.api;

import dev.slipway.accounts.Account;
import dev.slipway.accounts.Accounts;
import dev.slipway.api.model.AppTransferView;
import dev.slipway.api.model.CollaboratorView;
import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.observe.Logs;
import dev.slipway.pipelines.Pipelines;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Who may use an app: its collaborators, and giving it to another owner.
final class AccessEndpoints {
  private final Accounts accounts;
  private final Apps apps;
  private final Pipelines pipelines;
  private final Logs logs;
  private final Views views;

  AccessEndpoints(Accounts accounts, Apps apps, Pipelines pipelines, Logs logs, Views views) {
    this.accounts = accounts;
    this.apps = apps;
    this.pipelines = pipelines;
    this.logs = logs;
    this.views = views;
  }

  void mount(Routes routes) {
    routes.get("/apps/{app}/collaborators", "collaborator", this::list);
    routes.post("/apps/{app}/collaborators", "collaborator", this::add);
    routes.get("/apps/{app}/collaborators/{collaborator}", "collaborator", this::show);
    routes.delete("/apps/{app}/collaborators/{collaborator}", "collaborator", this::remove);
    routes.get("/account/app-transfers", "app_transfer", call -> call.ok(List.of()));
    routes.post("/account/app-transfers", "app_transfer", this::transfer);
    routes.get("/teams/apps/{app}", "app", AccessEndpoints::refuseTeams);
    routes.patch("/teams/apps/{app}", "app", AccessEndpoints::refuseTeams);
    routes.post("/teams/apps/{app}/collaborators", "collaborator", AccessEndpoints::refuseTeams);
  }

  private void list(Call call) {
    call.page(
        Listing.by(all(call.app()), "email", (CollaboratorView each) -> each.user().email())
            .or("id", each -> each.id().toString()),
        each -> each);
  }

  private void show(Call call) {
    call.ok(find(call.app(), call.param("collaborator")));
  }

  private void add(Call call) {
    var app = call.ownApp();
    var user = user(call.body().text("user"));
    var added = apps.collaborators().add(app, user.id());
    logs.act(app.id(), "Add collaborator " + user.email() + by(call));
    call.created(views.collaborator(app, added));
  }

  /// The owner takes access from anybody, and everybody from themselves.
  private void remove(Call call) {
    var app = call.app();
    var user = call.param("collaborator");
    if (isCalled(views.owner(app), user)) {
      call.ownApp();
      throw Body.invalid("The owner can't leave " + app.name() + "; transfer it first.");
    }
    var found =
        apps.collaborators().list(app.id()).stream()
            .filter(each -> isCalled(views.collaborator(app, each), user))
            .findFirst()
            .orElseThrow(AccessEndpoints::none);
    if (!found.account().equals(call.account().id())) {
      call.ownApp();
    }
    var shown = views.collaborator(app, found);
    apps.collaborators().remove(found);
    logs.act(app.id(), "Remove collaborator " + shown.user().email() + by(call));
    call.ok(shown);
  }

  /// At once: no mail can be sent from here, so nobody would learn of a transfer that waits. Who
  /// gave the app away stays a collaborator, so that the new owner can give it back. The app leaves
  /// the pipeline, which stays the giver's.
  private void transfer(Call call) {
    var body = call.body();
    var app = AppAccess.requireOwner(call.app(body.text("app")), call.account().id());
    var recipient = user(body.text("recipient"));
    if (recipient.id().equals(app.owner())) {
      throw Body.invalid(recipient.email() + " owns " + app.name() + " already.");
    }
    var given = apps.transfer(app, recipient.id(), db -> pipelines.uncouple(db, app.id()));
    logs.act(app.id(), "Transfer to " + recipient.email() + by(call));
    call.created(
        new AppTransferView(
            Views.reference(given),
            Views.seconds(given.updatedAt()),
            UUID.randomUUID(),
            Views.reference(call.account()),
            Views.reference(recipient),
            "accepted",
            Views.seconds(given.updatedAt())));
  }

  private List<CollaboratorView> all(App app) {
    var all = new ArrayList<CollaboratorView>();
    all.add(views.owner(app));
    apps.collaborators().list(app.id()).forEach(each -> all.add(views.collaborator(app, each)));
    return all;
  }

  private CollaboratorView find(App app, String emailOrId) {
    return all(app).stream()
        .filter(each -> isCalled(each, emailOrId))
        .findFirst()
        .orElseThrow(AccessEndpoints::none);
  }

  private static boolean isCalled(CollaboratorView each, String emailOrId) {
    return each.user().email().equalsIgnoreCase(emailOrId)
        || each.user().id().toString().equals(emailOrId)
        || each.id().toString().equals(emailOrId);
  }

  private static UserError none() {
    return UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that collaborator.");
  }

  private Account user(String emailOrId) {
    return accounts
        .find(emailOrId)
        .orElseThrow(() ->
            new UserError(
                new Problem(
                    ErrorCode.NOT_FOUND,
                    "Couldn't find that user.",
                    null,
                    "The administrator adds people: ./slipway users add EMAIL")));
  }

  private static void refuseTeams(Call call) {
    call.app();
    throw Body.invalid(
        "There are no teams here. heroku access:add gives a person access to an app.");
  }

  private static String by(Call call) {
    return " by user " + call.account().email();
  }
}
