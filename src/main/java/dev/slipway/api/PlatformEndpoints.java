package dev.slipway.api;

import dev.slipway.api.model.DynoSizeView;
import dev.slipway.api.model.RegionView;
import dev.slipway.api.model.StackView;
import dev.slipway.api.model.SystemStatusView;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.Arrays;
import java.util.List;

/// What there is one of, or none of yet: clients ask for these on the way to something else.
final class PlatformEndpoints {
  private static final double GIGABYTE = 1024.0 * 1024 * 1024;

  private static final List<String> NONE_AT_ALL = List.of("spaces", "teams");

  private final Operations operations;

  PlatformEndpoints(Operations operations) {
    this.operations = operations;
  }

  void mount(Routes routes) {
    routes.open(HandlerType.GET, "/api/v4/current-status", this::status);
    routes.get("/stacks", "stack", call -> call.ok(List.of(stack())));
    routes.get(
        "/stacks/{stack}",
        "stack",
        call -> {
          require(Platform.means(Platform.STACK, call.param("stack")), "stack");
          call.ok(stack());
        });
    routes.get("/regions", "region", call -> call.ok(List.of(region())));
    routes.get(
        "/regions/{region}",
        "region",
        call -> {
          require(Platform.means(Platform.REGION, call.param("region")), "region");
          call.ok(region());
        });
    routes.get("/dyno-sizes", "dyno_size", call -> call.ok(sizes()));
    routes.get(
        "/apps/{app}/available-dyno-sizes",
        "dyno_size",
        call -> {
          call.app();
          call.ok(sizes());
        });
    routes.get("/dyno-sizes/{size}", "dyno_size", call -> call.ok(size(call.param("size"))));
    mountEmpty(routes);
  }

  /// What `heroku status` asks for, without a key. Whoever can ask has its tools.
  private void status(Context http) {
    var apps = operations.isRouting() ? "green" : "red";
    var parts =
        List.of(
            new SystemStatusView.Part("Apps", apps), new SystemStatusView.Part("Tools", "green"));
    http.contentType("application/json")
        .result(Json.write(new SystemStatusView(parts, List.of(), List.of())));
  }

  private static void mountEmpty(Routes routes) {
    for (var name : NONE_AT_ALL) {
      routes.get("/" + name, name, call -> call.ok(List.of()));
    }
  }

  private static void require(boolean there, String what) {
    if (!there) {
      throw UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that " + what + ".");
    }
  }

  private static StackView stack() {
    var stack = Platform.STACK;
    return new StackView(Platform.SINCE, true, stack.id(), stack.name(), "public", Platform.SINCE);
  }

  private static RegionView region() {
    var region = Platform.REGION;
    return new RegionView(
        "Here",
        Platform.SINCE,
        "This machine",
        region.id(),
        "Here",
        region.name(),
        false,
        new RegionView.Provider("slipway", "local"),
        Platform.SINCE);
  }

  private static List<DynoSizeView> sizes() {
    return Arrays.stream(DynoSize.values()).map(PlatformEndpoints::view).toList();
  }

  private static DynoSizeView size(String nameOrId) {
    return sizes().stream()
        .filter(
            size -> size.name().equalsIgnoreCase(nameOrId) || size.id().toString().equals(nameOrId))
        .findFirst()
        .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that dyno size."));
  }

  private static DynoSizeView view(DynoSize size) {
    var reference = Views.size(size);
    return new DynoSizeView(
        "amd64",
        1,
        new DynoSizeView.Cost(0, "month"),
        false,
        0,
        Platform.GENERATION,
        reference.id(),
        size.memoryBytes() / GIGABYTE,
        reference.name(),
        false);
  }
}
