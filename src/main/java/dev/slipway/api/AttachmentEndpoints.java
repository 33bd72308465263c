package dev.slipway.api;

import dev.slipway.addons.Addons;
import dev.slipway.addons.Attachment;
import dev.slipway.addons.Attachments;
import dev.slipway.api.model.AttachmentView;
import dev.slipway.apps.Apps;
import java.util.List;
import java.util.Optional;

/// Attachments: which app has which add-on, under which name.
final class AttachmentEndpoints {
  private static final String RESOURCE = "add_on attachment";

  private final Addons addons;
  private final AddonAccess access;
  private final AddonViews views;

  AttachmentEndpoints(Addons addons, Apps apps) {
    this.addons = addons;
    this.access = new AddonAccess(addons, apps);
    this.views = new AddonViews(addons, apps);
  }

  void mount(Routes routes) {
    routes.get("/addon-attachments", RESOURCE, call -> page(call, access.attachments(call)));
    routes.post("/addon-attachments", RESOURCE, this::attach);
    routes.get(
        "/addon-attachments/{attachment}", RESOURCE, call -> call.ok(view(call, byId(call))));
    routes.delete("/addon-attachments/{attachment}", RESOURCE, this::detach);
    routes.get("/addons/{addon}/addon-attachments", RESOURCE, this::ofAddon);
    routes.get(
        "/apps/{app}/addon-attachments",
        RESOURCE,
        call -> page(call, addons.attachments().of(call.app().id())));
    routes.get("/apps/{app}/addon-attachments/{attachment}", RESOURCE, this::ofApp);
    routes.post("/actions/addon-attachments/resolve", RESOURCE, this::resolve);
  }

  private void page(Call call, List<Attachment> rows) {
    call.page(
        Listing.by(rows, "id", each -> each.id().toString()), attachment -> view(call, attachment));
  }

  private void attach(Call call) {
    var body = call.body();
    var app = call.app(body.reference("app"));
    var addon = access.addon(call, body.reference("addon"));
    if (body.has("namespace")) {
      throw Body.invalid("Add-ons have no credentials of their own here; leave out namespace.");
    }
    var attachment =
        addons
            .attachments()
            .attach(
                addon,
                app,
                body.optionalText("name").orElse(null),
                body.optionalText("confirm").orElse(null),
                call.account().id());
    call.created(view(call, attachment));
  }

  private void detach(Call call) {
    var attachment = byId(call);
    var shown = view(call, attachment);
    addons.attachments().detach(attachment, call.account().id());
    call.ok(shown);
  }

  private void ofAddon(Call call) {
    page(call, addons.attachments().of(access.addon(call, call.param("addon"))));
  }

  private void ofApp(Call call) {
    var key = call.param("attachment");
    call.ok(
        view(
            call,
            addons.attachments().of(call.app().id()).stream()
                .filter(each -> each.name().equals(key) || each.id().toString().equals(key))
                .findFirst()
                .orElseThrow(Attachments::none)));
  }

  private void resolve(Call call) {
    var body = call.body();
    var matches =
        access.matchingAttachments(
            call, body.text("addon_attachment"), body.optionalReference("app").orElse(null));
    var service = body.optionalText("addon_service");
    var found = matches.stream().filter(each -> isOf(service, each)).toList();
    if (found.isEmpty()) {
      throw Attachments.none();
    }
    call.ok(found.stream().map(attachment -> view(call, attachment)).toList());
  }

  private boolean isOf(Optional<String> service, Attachment attachment) {
    return service.isEmpty()
        || addons
            .find(attachment.addon())
            .filter(addon -> addon.service().equals(service.get()))
            .isPresent();
  }

  private Attachment byId(Call call) {
    var id = call.param("attachment");
    return access.attachments(call).stream()
        .filter(each -> each.id().toString().equals(id))
        .findFirst()
        .orElseThrow(Attachments::none);
  }

  private AttachmentView view(Call call, Attachment attachment) {
    var asked = Optional.ofNullable(call.header("Accept-Inclusion")).orElse("");
    return views.attachment(attachment, asked.contains("addon:plan"), call.baseUrl());
  }
}
