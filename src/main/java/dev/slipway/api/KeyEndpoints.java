package dev.slipway.api;

import dev.slipway.accounts.SshKey;
import dev.slipway.accounts.SshKeys;
import dev.slipway.api.model.KeyView;

/// The account's SSH keys.
final class KeyEndpoints {
  private final SshKeys keys;

  KeyEndpoints(SshKeys keys) {
    this.keys = keys;
  }

  void mount(Routes routes) {
    routes.get("/account/keys", "key", this::list);
    routes.post(
        "/account/keys",
        "key",
        call -> call.created(view(keys.add(call.account(), call.body().text("public_key")))));
    routes.get("/account/keys/{key}", "key", call -> call.ok(view(find(call))));
    routes.delete("/account/keys/{key}", "key", this::remove);
  }

  private void list(Call call) {
    call.page(
        Listing.by(keys.list(call.account().id()), "id", (SshKey key) -> key.id().toString()),
        KeyEndpoints::view);
  }

  private void remove(Call call) {
    var key = find(call);
    keys.remove(key);
    call.ok(view(key));
  }

  private SshKey find(Call call) {
    return keys.get(call.account().id(), call.param("key"));
  }

  private static KeyView view(SshKey key) {
    return new KeyView(
        key.comment(),
        Views.seconds(key.createdAt()),
        key.comment(),
        key.fingerprint(),
        key.id(),
        key.publicKey(),
        Views.seconds(key.createdAt()));
  }
}
