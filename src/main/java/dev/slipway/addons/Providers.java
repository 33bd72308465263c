package dev.slipway.addons;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The providers that there are, by the name of their service. Thread-safe.
final class Providers {
  private final SortedMap<String, Provider> byService = new TreeMap<>();

  Providers(List<Provider> providers) {
    providers.forEach(each -> byService.putIfAbsent(each.service().name(), each));
  }

  List<Service> services() {
    return byService.values().stream().map(Provider::service).toList();
  }

  /// @throws UserError not_found, when there is no such service
  Provider get(String service) {
    return Optional.ofNullable(byService.get(service))
        .orElseThrow(() ->
            new UserError(
                new Problem(
                    ErrorCode.NOT_FOUND,
                    "Couldn't find that add-on service.",
                    null,
                    "heroku addons:services lists those that are here")));
  }
}
